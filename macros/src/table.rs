//! Writes the table of an object: its members, and where its other fields come from (`crate::graphql::table`).

use proc_macro2::TokenStream;
use quote::quote;
use syn::Ident;

use crate::declaration::{Access, Computed, Declaration, Edge, Origin, Resolved};

/// The table, and the type as a member of other objects.
pub(crate) fn code(declaration: &Declaration) -> TokenStream {
    let Declaration { item, hidden, route, resolved } = declaration;
    let name = &item.ident;
    let text = name.to_string();
    let tag = match route {
        Some(_) => quote! {
            Some(|id| crate::cache::Tag::object(#text, &contract::Id::<contract::id::#name>::from_u128(id)))
        },
        None => quote!(None),
    };
    let members = item.fields.iter().filter_map(|field| {
        let (member, ty) = (field.ident.as_ref()?, &field.ty);
        let (text, is_hidden) = (member.to_string(), hidden.contains(member));
        Some(quote!(Member::of::<#ty>(#text, #is_hidden)))
    });
    let fields = resolved.iter().map(|field| resolved_field(declaration, field));
    quote! {
        impl crate::graphql::table::Record for #name {
            fn table() -> &'static crate::graphql::table::Table {
                use crate::graphql::table::{
                    Access, Arguments, Computable, Computed, EdgeTable, Member, Origin, Record, Resolved, Table, read,
                };
                static TABLE: Table = Table {
                    name: #text,
                    tag: #tag,
                    members: &[#(#members),*],
                    fields: &[#(#fields),*],
                };
                &TABLE
            }
        }

        impl crate::graphql::table::Plain for #name {
            const FORM: crate::clients::Form = crate::clients::Form::Object;
            const TABLE: Option<fn() -> &'static crate::graphql::table::Table> =
                Some(<Self as crate::graphql::table::Record>::table);
        }
    }
}

fn resolved_field(declaration: &Declaration, field: &Resolved) -> TokenStream {
    let Resolved { name, ty, origin, .. } = field;
    let name = name.to_string();
    let origin = match origin {
        Origin::One(edge) => {
            let edge = self::edge(edge);
            quote!(Origin::One(#edge, <#ty as Record>::table))
        }
        Origin::Page(edge) => {
            let edge = self::edge(edge);
            quote!(Origin::Page(#edge, <#ty as Record>::table))
        }
        Origin::Value(edge) => {
            let member = match &edge.member {
                Some(member) => {
                    let member = member.to_string();
                    quote!(Some(Member::of::<#ty>(#member, false)))
                }
                None => quote!(None),
            };
            let edge = self::edge(edge);
            quote!(Origin::Value(#edge, #member))
        }
        Origin::Computed(computed) => self::computed(declaration, computed),
    };
    quote!(Resolved { name: #name, origin: #origin })
}

fn edge(edge: &Edge) -> TokenStream {
    let Edge { route, key, access, .. } = edge;
    let key = key.to_string();
    let access = match access {
        None => quote!(None),
        Some(access) if let Some(guard) = access.guard() => quote!(Some(Access::Guarded(&#guard))),
        Some(Access { rule, owner: None }) => quote!(Some(Access::#rule)),
        Some(Access { rule, owner: Some(owner) }) => {
            let owner = owner.to_string();
            quote!(Some(Access::#rule(#owner)))
        }
    };
    quote!(EdgeTable { route: &#route, key: #key, access: #access })
}

fn computed(declaration: &Declaration, computed: &Computed) -> TokenStream {
    let Computed { function, members, arguments } = computed;
    let needs = members.iter().map(ToString::to_string);
    let values = members.iter().zip(0_usize..).map(|(member, place)| {
        let ty = declaration.item.fields.iter().find(|field| field.ident.as_ref() == Some(member)).map(|it| &it.ty);
        quote!(let #member = read::<#ty>(members.get(#place))?;)
    });
    let read_arguments = arguments.iter().map(|argument| {
        let (name, ty, default) = (&argument.name, &argument.ty, &argument.default);
        let text = name.to_string();
        quote!(let #name = arguments.get::<#ty>(#text, || #default)?;)
    });
    let cost = u64::from(!arguments.is_empty());
    let names: Vec<&Ident> = arguments.iter().map(|argument| &argument.name).collect();
    quote! {
        Origin::Computed(Computed {
            needs: &[#(#needs),*],
            cost: #cost,
            compute: |members: &[&str], arguments: &Arguments<'_>| {
                #(#values)*
                #(#read_arguments)*
                Computable::value(#function(#(&#members,)* #(#names),*))
            },
        })
    }
}
