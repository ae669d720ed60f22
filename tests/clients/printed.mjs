// Documents as Apollo Client sends them: `__typename` added by its rule, printed by graphql-js. In: on stdin one JSON
// string a line. Out: one JSON string a line in the same order.
import { createInterface } from 'node:readline';
import { Kind, parse, print, visit } from 'graphql';

const TYPENAME = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

// The rule of Apollo Client's addTypenameToDocument: every selection set but an operation's own, unless a field of
// introspection is in it.
function withTypename(document) {
  return visit(document, {
    SelectionSet(node, _key, parent) {
      if (parent?.kind === Kind.OPERATION_DEFINITION) return undefined;
      const skips = ({ kind, name }) => kind === Kind.FIELD && name.value.startsWith('__');
      if (node.selections.some(skips)) return undefined;
      return { ...node, selections: [...node.selections, TYPENAME] };
    },
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(JSON.stringify(print(withTypename(parse(JSON.parse(line))))) + '\n');
}
