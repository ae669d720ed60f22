//! `[services]`: the BFF's key, and a section for each service of [`Service::ALL`]. In: TOML or environment. Out: one address
//! per service; a missing or unknown section is refused.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, MapAccess, Visitor},
    ser::SerializeMap,
};

use super::Secret;
use crate::{services::Service, settings::service_url};

/// Addresses of the services, and the BFF's key.
#[derive(Clone, Debug)]
pub struct Services {
    /// Sent to the services as `X-Api-Key`.
    pub api_key: Secret,
    /// Scheme and authority of each service: `http://user-service:4001`.
    pub urls: BTreeMap<Service, String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Section {
    #[serde(deserialize_with = "service_url")]
    url: String,
}

impl Services {
    /// All services, each at the address that `url` gives.
    pub fn new(api_key: Secret, url: impl Fn(Service) -> String) -> Self {
        Self { api_key, urls: Service::ALL.iter().map(|service| (*service, url(*service))).collect() }
    }

    /// The address of a service.
    pub fn url(&self, service: Service) -> &str {
        self.urls.get(&service).map_or("", String::as_str)
    }
}

impl Serialize for Services {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1 + self.urls.len()))?;
        map.serialize_entry("api_key", &self.api_key)?;
        for (service, url) in &self.urls {
            map.serialize_entry(service.name(), &Section { url: url.clone() })?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Services {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Sections)
    }
}

struct Sections;

impl<'de> Visitor<'de> for Sections {
    type Value = Services;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a section with `api_key` and the services")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Services, A::Error> {
        let (mut api_key, mut urls) = (None, BTreeMap::new());
        while let Some(key) = map.next_key::<String>()? {
            if key == "api_key" {
                api_key = Some(map.next_value()?);
            } else if let Some(service) = Service::named(&key) {
                urls.insert(service, map.next_value::<Section>()?.url);
            } else {
                let known: Vec<&str> = Service::ALL.iter().map(|service| service.name()).collect();
                let message = format!("`{key}` is no service: there are {}", known.join(", "));
                return Err(A::Error::custom(message));
            }
        }
        let missing = Service::ALL.iter().filter(|service| !urls.contains_key(service));
        let missing: Vec<String> = missing.map(|service| format!("services.{service}.url")).collect();
        if !missing.is_empty() {
            let variable = missing[0].replace('.', "__").to_uppercase();
            let message = format!(
                "{} is missing: set it in a file (`--config FILE`) or as `TESSERA__{variable}` (docs/configuration.md)",
                missing.join(", ")
            );
            return Err(A::Error::custom(message));
        }
        let api_key = api_key.ok_or_else(|| A::Error::missing_field("api_key"))?;
        Ok(Services { api_key, urls })
    }
}
