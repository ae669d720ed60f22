// A server of `benches/fanout/`: the subscription of the benchmark on stock `graphql-ws` and `graphql`, with comments from memory.
// In: a port. `POST /comments/POST` with `{"body"}` is a comment; `GET /subscriptions` says how many subscriptions there are.
import { EventEmitter, on } from "node:events";
import { createServer } from "node:http";
import { buildSchema } from "graphql";
import { useServer } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";

const schema = buildSchema(`
  scalar Cursor
  type Query { ok: Boolean }
  type User { name: String! }
  type Comment { id: ID! body: String! author: User! }
  type CommentAdded { comment: Comment! }
  type Subscription { commentAdded(postId: ID!, after: Cursor): CommentAdded! }
`);
const comments = new EventEmitter().setMaxListeners(0);
let [subscriptions, added] = [0, 0];

// Not an async generator: one that waits for its next comment does not end before that comment has come.
function commentAdded({ postId }) {
  const events = on(comments, postId);
  subscriptions += 1;
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      const { done, value } = await events.next();
      return done ? { done } : { value: { commentAdded: { comment: value[0] } } };
    },
    return() {
      subscriptions -= 1;
      return events.return();
    },
  };
}

const server = createServer((request, response) => {
  if (request.method === "GET") return response.end(String(subscriptions));
  let text = "";
  request.on("data", (chunk) => (text += chunk));
  request.on("end", () => {
    added += 1;
    const comment = { id: `cmt_${added}`, body: JSON.parse(text).body, author: { name: "Ada" } };
    comments.emit(request.url.slice("/comments/".length), comment);
    response.writeHead(201).end();
  });
});
useServer({ schema, roots: { subscription: { commentAdded } } }, new WebSocketServer({ server, path: "/graphql" }));
server.listen(Number(process.argv[2]), "127.0.0.1");
