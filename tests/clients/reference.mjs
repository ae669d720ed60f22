// The reference implementation's word on documents: does it parse, is it valid, what are its variables, what is its answer?
// In: a schema file as argument; on stdin one JSON object a line: { document, operationName, variables, flattened?, flattenedVariables? }.
// Out: one JSON object a line in the same order. Answers are over mock data that depends on place and arguments alone, so
// two texts that mean the same get the same answer, byte for byte.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import {
  GraphQLError, Kind, buildSchema, executeSync, getNamedType, getNullableType, getOperationAST, getVariableValues,
  isAbstractType, isEnumType, isLeafType, isListType, isNonNullType, parse, specifiedRules, validate,
} from 'graphql';

// graphql-js 16.15 applies this rule of section 5.8.5 only where the @oneOf object itself may be null.
function OneOfMembersTakeNoNullRule(context) {
  const nullable = new Set();
  return {
    OperationDefinition: {
      enter: () => nullable.clear(),
      leave(operation) {
        for (const { node, parentType } of context.getRecursiveVariableUsages(operation)) {
          if (nullable.has(node.name.value) && parentType && getNullableType(parentType).isOneOf) {
            context.reportError(new GraphQLError(`"$${node.name.value}" can be null in a @oneOf object.`, { nodes: node }));
          }
        }
      },
    },
    VariableDefinition({ variable, type }) {
      if (type.kind !== Kind.NON_NULL_TYPE) nullable.add(variable.name.value);
    },
  };
}

const rules = [...specifiedRules, OneOfMembersTakeNoNullRule];
const schema = buildSchema(readFileSync(process.argv[2], 'utf8'));

function draw(...seed) {
  return createHash('sha256').update(JSON.stringify(seed)).digest().readUInt32BE();
}

function mock(type, seed) {
  if (!isNonNullType(type) && draw(seed, 'null') % 7 === 0) return null;
  const nullable = getNullableType(type);
  if (isListType(nullable)) {
    return Array.from({ length: draw(seed, 'length') % 4 }, (_, at) => mock(nullable.ofType, [seed, at]));
  }
  const named = getNamedType(nullable);
  const number = draw(seed, 'value');
  if (isEnumType(named)) return named.getValues()[number % named.getValues().length].value;
  if (isLeafType(named)) {
    return { Int: number % 1000, Float: (number % 1000) / 4, Boolean: number % 2 === 0 }[named.name] ?? `${named.name}-${number % 1000}`;
  }
  const objects = isAbstractType(named) ? schema.getPossibleTypes(named) : [named];
  return { __typename: objects[number % objects.length].name, seed };
}

function fieldResolver(parent, args, _context, info) {
  return mock(info.returnType, [parent?.seed ?? 'root', info.fieldName, args]);
}

function run(text, variableValues, operationName) {
  const document = parse(text);
  const operation = getOperationAST(document, operationName);
  if (operation?.operation === 'subscription') return undefined;
  const result = executeSync({
    schema, document, variableValues, operationName, fieldResolver, typeResolver: (value) => value.__typename,
  });
  return { data: JSON.stringify(result.data), errors: result.errors?.map((error) => error.path ?? []) ?? [] };
}

function judge({ document: text, operationName, variables, flattened, flattenedVariables }) {
  let document;
  try {
    document = parse(text);
  } catch (error) {
    return { verdict: 'syntax', errors: [error.message] };
  }
  const errors = validate(schema, document, rules);
  if (errors.length > 0) return { verdict: 'invalid', errors: errors.map((error) => error.message) };
  const operation = getOperationAST(document, operationName);
  if (!operation) return { verdict: 'valid', errors: [] };
  const coerced = getVariableValues(schema, operation.variableDefinitions ?? [], variables ?? {});
  const answer = { verdict: 'valid', errors: [] };
  if (coerced.errors) answer.variableErrors = coerced.errors.map((error) => error.message);
  else answer.variables = coerced.coerced;
  if (flattened !== undefined && flattened !== null) {
    answer.sent = run(text, variables, operationName);
    answer.flattened = run(flattened, flattenedVariables);
  }
  return answer;
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(JSON.stringify(judge(JSON.parse(line))) + '\n');
}
