//! `#[object]`: declares an object of the graph as a struct, a line per field. In: the struct as it is written in
//! `graphql/`. Out: the same struct with its plain fields, read from a service's answer by serde, and the engine's type and
//! resolvers, and the same as data. `declaration.rs` reads the struct, `expansion.rs` and `table.rs` write the code.

mod declaration;
mod expansion;
mod table;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream;
use syn::parse_macro_input;

use declaration::{Declaration, ObjectArguments};

/// Declares an object of the graph. `#[object(route = ROUTE)]` if the object is found by the id in its field `id`: the type
/// gets `@call` and `@cacheControl` of that route, and the object its key and cache tag.
///
/// A field without an attribute of the following is plain: a member of the service's answer.
///
/// - `#[hidden]`: a member of the answer that is no field of the schema, such as the key of an edge.
/// - `#[one(ROUTE, key = FIELD)]`: the object that the route has under the key in a plain or hidden field.
/// - `#[page(ROUTE, key = FIELD)]`: a connection: the key's page of a list, with the arguments `first` and `after`.
/// - `#[value(ROUTE, key = FIELD)]`, `#[value(ROUTE.MEMBER, key = FIELD)]`: the value under the key, or one member of it.
/// - `#[computed(FUNCTION(FIELD, …, name: Type = DEFAULT, "description", …))]`: the result of a function of plain or hidden
///   fields and of the arguments. If the field's type is a `Result`, the function may fail.
///
/// The fields that call a route are nullable and fail each by itself. Routes that depend on the viewer need
/// `access = Viewer`, `access = SelfOrAdmin(FIELD)`, or, for an object, `access = PartyOrAdmin(GUARD)`; without it they do not
/// compile.
#[proc_macro_attribute]
pub fn object(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let arguments = parse_macro_input!(arguments as ObjectArguments);
    let item = parse_macro_input!(item as syn::ItemStruct);
    Declaration::of(arguments, item)
        .map(|declaration| expansion::code(&declaration))
        .unwrap_or_else(|error| error.to_compile_error())
        .into()
}
