//! What `tessera dev` says once everything answers: where things are, who may sign in, and a line to paste.

use std::io::{self, Write};

use crate::{config::Config, services::Service};

/// Prints it.
pub fn print(config: &Config) -> io::Result<()> {
    let graphql = format!("http://{}/graphql", config.http.listen);
    let services: String = Service::ALL
        .iter()
        .map(|service| {
            let name = format!("{service} service");
            format!("  {name:<14}{}/openapi.json\n", config.services.url(*service))
        })
        .collect();
    let sign_ins = demo::SIGN_INS.join(", ");
    write!(
        io::stdout(),
        "
  Tessera       {graphql}
  playground    http://{listen}/
{services}
  Demo sign-ins (password {password}): {sign_ins}

  Try:
  curl -s {graphql} -H 'content-type: application/json' -d '{{\"query\":\"{{ posts(first: 3) {{ nodes {{ title author {{ name }} likeCount }} }} }}\"}}'

",
        listen = config.http.listen,
        password = demo::PASSWORD,
    )
}
