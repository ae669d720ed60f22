//! What `tessera dev` says once everything answers: where things are, who may sign in, and two lines to paste: a query, and a
//! subscription.

use std::io::{self, Write};

use crate::{config::Config, services::Service};

/// Prints it.
pub fn print(config: &Config) -> io::Result<()> {
    let graphql = format!("http://{}/graphql", config.http.listen);
    let width = Service::ALL.iter().map(|service| service.name().len()).max().unwrap_or_default() + " service ".len();
    let services: String = Service::ALL
        .iter()
        .map(|service| {
            let name = format!("{service} service");
            format!("  {name:<width$}{}/openapi.json\n", config.services.url(*service))
        })
        .collect();
    let sign_ins = demo::SIGN_INS.join(", ");
    write!(
        io::stdout(),
        "
  {tessera:<width$}{graphql}
  {playground:<width$}http://{listen}/
{services}
  Demo sign-ins (password {password}): {sign_ins}

  Try:
  curl -s {graphql} -H 'content-type: application/json' -d '{{\"query\":\"{{ posts(first: 3) {{ nodes {{ title author {{ name }} likeCount }} }} }}\"}}'

  Follow new posts; publish one in the playground meanwhile:
  curl -sN {graphql} -H 'accept: text/event-stream' -H 'content-type: application/json' -d '{{\"query\":\"subscription {{ postPublished {{ post {{ title author {{ name }} }} }} }}\"}}'

",
        tessera = "Tessera",
        playground = "playground",
        listen = config.http.listen,
        password = demo::PASSWORD,
    )
}
