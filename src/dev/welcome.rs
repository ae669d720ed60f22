//! What `tessera dev` says once everything answers: where things are, who may sign in, and a line to paste.

use std::io::{self, Write};

use crate::config::Config;

/// Prints it.
pub fn print(config: &Config) -> io::Result<()> {
    let graphql = format!("http://{}/graphql", config.http.listen);
    let services = &config.services;
    let sign_ins = demo::SIGN_INS.join(", ");
    write!(
        io::stdout(),
        "
  Tessera       {graphql}
  playground    http://{listen}/
  user service  {user}/openapi.json
  post service  {post}/openapi.json
  order service {order}/openapi.json

  Demo sign-ins (password {password}): {sign_ins}

  Try:
  curl -s {graphql} -H 'content-type: application/json' -d '{{\"query\":\"{{ posts(first: 3) {{ nodes {{ title author {{ name }} likeCount }} }} }}\"}}'

",
        listen = config.http.listen,
        user = services.user.url,
        post = services.post.url,
        order = services.order.url,
        password = demo::PASSWORD,
    )
}
