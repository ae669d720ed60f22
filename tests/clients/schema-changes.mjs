// What graphql-js says of changes between schemas. In: on stdin one JSON object a line, { old, new }. Out: one JSON list a line
// in the same order: { severity, type, coordinate } for every change, the coordinate read from graphql-js' own words.
import { createInterface } from 'node:readline';
import { buildSchema, findBreakingChanges, findDangerousChanges } from 'graphql';

const forms = {
  TYPE_REMOVED: [/(\w+) was removed/, (type) => type],
  TYPE_CHANGED_KIND: [/^(\w+) changed from/, (type) => type],
  TYPE_REMOVED_FROM_UNION: [/ from union type (\w+)/, (type) => type],
  TYPE_ADDED_TO_UNION: [/ to union type (\w+)/, (type) => type],
  VALUE_REMOVED_FROM_ENUM: [/^(\w+) was removed from enum type (\w+)/, (value, type) => `${type}.${value}`],
  VALUE_ADDED_TO_ENUM: [/^(\w+) was added to enum type (\w+)/, (value, type) => `${type}.${value}`],
  REQUIRED_INPUT_FIELD_ADDED: [/field (\w+) on input type (\w+)/, (field, type) => `${type}.${field}`],
  OPTIONAL_INPUT_FIELD_ADDED: [/field (\w+) on input type (\w+)/, (field, type) => `${type}.${field}`],
  IMPLEMENTED_INTERFACE_REMOVED: [/^(\w+) no longer/, (type) => type],
  IMPLEMENTED_INTERFACE_ADDED: [/implemented by (\w+)/, (type) => type],
  FIELD_REMOVED: [/^(\w+\.\w+) /, (field) => field],
  FIELD_CHANGED_KIND: [/^(\w+\.\w+) /, (field) => field],
  REQUIRED_ARG_ADDED: [/arg (\w+) on (\w+\.\w+) was/, (arg, field) => `${field}(${arg}:)`],
  OPTIONAL_ARG_ADDED: [/arg (\w+) on (\w+\.\w+) was/, (arg, field) => `${field}(${arg}:)`],
  ARG_REMOVED: [/^(\w+\.\w+) arg (\w+) /, (field, arg) => `${field}(${arg}:)`],
  ARG_CHANGED_KIND: [/^(\w+\.\w+) arg (\w+) /, (field, arg) => `${field}(${arg}:)`],
  ARG_DEFAULT_VALUE_CHANGE: [/^(\w+\.\w+) arg (\w+) /, (field, arg) => `${field}(${arg}:)`],
  DIRECTIVE_REMOVED: [/^(\w+) /, (directive) => `@${directive}`],
  DIRECTIVE_ARG_REMOVED: [/^(\w+) was removed from (\w+)/, (arg, directive) => `@${directive}(${arg}:)`],
  REQUIRED_DIRECTIVE_ARG_ADDED: [/arg (\w+) on directive (\w+)/, (arg, directive) => `@${directive}(${arg}:)`],
  DIRECTIVE_REPEATABLE_REMOVED: [/from (\w+)/, (directive) => `@${directive}`],
  DIRECTIVE_LOCATION_REMOVED: [/from (\w+)/, (directive) => `@${directive}`],
};

function entry(severity, { type, description }) {
  const [form, coordinate] = forms[type];
  return { severity, type, coordinate: coordinate(...form.exec(description).slice(1)) };
}

for await (const line of createInterface({ input: process.stdin })) {
  const texts = JSON.parse(line);
  const [before, after] = [buildSchema(texts.old), buildSchema(texts.new)];
  const breaking = findBreakingChanges(before, after).map((change) => entry('breaking', change));
  const dangerous = findDangerousChanges(before, after).map((change) => entry('dangerous', change));
  process.stdout.write(JSON.stringify([...breaking, ...dangerous]) + '\n');
}
