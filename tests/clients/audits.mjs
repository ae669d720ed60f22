// Runs the official audits of GraphQL over HTTP (npm graphql-http) against a server. In: its URL as the argument.
// Out: one line of JSON an audit, {"name", "status", "reason"}.
import { serverAudits } from 'graphql-http';

for (const audit of serverAudits({ url: process.argv[2] })) {
  const result = await audit.fn();
  const reason = result.reason ?? null;
  console.log(JSON.stringify({ name: `${audit.id} ${audit.name}`, status: result.status, reason }));
}
