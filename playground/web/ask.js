// One operation, sent to the server that this page came from. In: the parameters of GraphQL over HTTP, and headers.
// Out: the answer, `{ data, errors }`.

export async function ask({ query, variables, operationName }, { headers } = {}) {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json;q=0.9',
      ...headers,
    },
    body: JSON.stringify({ query, variables, operationName }),
  });
  return response.json();
}
