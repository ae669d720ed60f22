//! Writes the code of an object: the struct with its plain fields, the engine's type, and a resolver for each other field.
//! The generated code names the parts of the crate it stands in: `crate::graphql::{access, connection, directives, edge}` and
//! `crate::clients`.

use proc_macro2::TokenStream;
use quote::quote;

use crate::{
    declaration::{Access, Computed, Declaration, Edge, Origin, Resolved},
    table,
};

/// The whole of the attribute's output.
pub(crate) fn code(declaration: &Declaration) -> TokenStream {
    let Declaration { item, route, resolved, .. } = declaration;
    let name = &item.ident;
    let complex = (!resolved.is_empty()).then(|| quote!(#[graphql(complex)]));
    let route = route.as_ref().map(|route| {
        quote! {
            #[graphql(
                directive = crate::graphql::directives::Call::apply(&#route),
                directive = crate::graphql::directives::Cached::apply(&#route)
            )]
        }
    });
    let found = declaration.route.as_ref().map(|_| found(declaration));
    let resolvers = (!resolved.is_empty()).then(|| {
        let resolvers = resolved.iter().map(resolver);
        quote! {
            #[async_graphql::ComplexObject]
            impl #name { #(#resolvers)* }
        }
    });
    let table = table::code(declaration);
    quote! {
        #[derive(Clone, serde::Deserialize, async_graphql::SimpleObject)]
        #complex
        #route
        #item
        #found
        #resolvers
        #table
    }
}

/// What the client needs to know of an object that is found by its id.
fn found(declaration: &Declaration) -> TokenStream {
    let name = &declaration.item.ident;
    let text = name.to_string();
    quote! {
        impl crate::clients::Keyed<contract::Id<contract::id::#name>> for #name {
            fn key(&self) -> contract::Id<contract::id::#name> {
                self.id.into()
            }
        }

        impl crate::clients::Shown for #name {
            fn each_tag(&self, tag: &mut dyn FnMut(crate::cache::Tag)) {
                tag(crate::cache::Tag::object(#text, &self.id.into()));
            }
        }
    }
}

fn resolver(field: &Resolved) -> TokenStream {
    let Resolved { attributes, name, ty, origin } = field;
    let attributes = quote!(#(#attributes)*);
    match origin {
        Origin::One(edge) => {
            let (directives, key) = (directives(edge), &edge.key);
            let object = if edge.access.as_ref().is_some_and(|access| access.guard().is_some()) {
                quote!(#ty::by_id(ctx, self.#key.into()).await)
            } else {
                let loaded = loaded(edge, &quote!(()));
                quote!(crate::graphql::edge::object(#loaded))
            };
            quote! {
                #attributes
                #[graphql(#directives)]
                async fn #name(
                    &self, ctx: &async_graphql::Context<'_>
                ) -> Option<async_graphql::Result<#ty>> {
                    #object
                }
            }
        }
        Origin::Value(edge) => {
            let (directives, loaded) = (directives(edge), loaded(edge, &quote!(())));
            let value = match &edge.member {
                Some(member) => quote!(loaded.#member),
                None => quote!(loaded),
            };
            quote! {
                #attributes
                #[graphql(#directives)]
                async fn #name(&self, ctx: &async_graphql::Context<'_>) -> Option<async_graphql::Result<#ty>> {
                    crate::graphql::edge::value(#loaded, |loaded| #value)
                }
            }
        }
        Origin::Page(edge) => page(&attributes, field, edge),
        Origin::Computed(computed) => self::computed(&attributes, field, computed),
    }
}

fn page(attributes: &TokenStream, field: &Resolved, edge: &Edge) -> TokenStream {
    let Resolved { name, ty, .. } = field;
    let (directives, loaded) = (directives(edge), loaded(edge, &quote!(page)));
    quote! {
        #attributes
        #[graphql(#directives, directive = crate::graphql::directives::list_size::apply(
            None, crate::graphql::directives::first(), crate::graphql::directives::items()
        ))]
        async fn #name(
            &self,
            ctx: &async_graphql::Context<'_>,
            #[graphql(default = 20, desc = "Number of items to return, 1 to 100.")] first: i32,
            #[graphql(desc = "Return items after this cursor.")] after: Option<crate::graphql::scalars::Cursor>,
        ) -> Option<async_graphql::Result<#ty>> {
            let page = match crate::graphql::connection::page(first, after) {
                Ok(page) => page,
                Err(error) => return Some(Err(error)),
            };
            crate::graphql::edge::value(#loaded, crate::graphql::connection::Connection::of)
        }
    }
}

fn computed(attributes: &TokenStream, field: &Resolved, computed: &Computed) -> TokenStream {
    let Resolved { name, ty, .. } = field;
    let Computed { function, members, arguments } = computed;
    let names = arguments.iter().map(|argument| &argument.name);
    let parameters = arguments.iter().map(|argument| {
        let (name, ty) = (&argument.name, &argument.ty);
        let (default, description) = (&argument.default, &argument.description);
        quote!(#[graphql(default = #default, desc = #description)] #name: #ty)
    });
    let call = quote!(#function(#(&self.#members,)* #(#names),*));
    // It is computed anew under each alias.
    let cost =
        (!arguments.is_empty()).then(|| quote!(#[graphql(directive = crate::graphql::directives::cost::apply(1))]));
    quote! {
        #attributes
        #cost
        async fn #name(&self, #(#parameters),*) -> #ty { #call }
    }
}

/// The directives of a field that calls a route.
fn directives(edge: &Edge) -> TokenStream {
    let route = &edge.route;
    let private = edge.access.as_ref().map(|Access { rule, .. }| {
        quote! {
            directive = crate::graphql::directives::access::apply(crate::graphql::rule::AccessRule::#rule),
            directive = crate::graphql::directives::Cached::apply(&#route),
        }
    });
    quote!(#private directive = crate::graphql::directives::Call::apply(&#route))
}

/// The value of the field's key, or the failure of the call. Returns from the resolver where the viewer may not see it.
fn loaded(edge: &Edge, parameters: &TokenStream) -> TokenStream {
    let Edge { route, key, access, .. } = edge;
    let Some(Access { rule, owner }) = access else {
        return quote!(crate::graphql::edge::scope(ctx).load(&#route, #parameters, self.#key.into()).await);
    };
    let owner = owner.as_ref().map(|owner| quote!((self.#owner.into())));
    quote! {{
        let scope = crate::graphql::edge::scope(ctx);
        match crate::graphql::access::Guard::#rule #owner.admit(scope.request.viewer.as_ref()) {
            Ok(viewer) => scope.load_for(viewer, &#route, (#parameters, self.#key.into())).await,
            Err(denied) => return denied.map(Err),
        }
    }}
}
