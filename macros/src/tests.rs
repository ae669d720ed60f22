//! What `#[object]` says of declarations that it cannot read.

use syn::{ItemStruct, parse_quote};

use crate::declaration::{Declaration, ObjectArguments};

fn error(arguments: proc_macro2::TokenStream, item: ItemStruct) -> String {
    match syn::parse2::<ObjectArguments>(arguments).and_then(|arguments| Declaration::of(arguments, item)) {
        Ok(_) => panic!("read without an error"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_mistake_is_named() {
    let nothing = proc_macro2::TokenStream::new;
    let tuple = error(
        nothing(),
        parse_quote!(
            struct Post(String);
        ),
    );
    assert_eq!(tuple, "an object has named fields");
    let twice = error(
        nothing(),
        parse_quote!(
            struct Post {
                #[hidden]
                #[one(USERS, key = id)]
                author: User,
            }
        ),
    );
    assert_eq!(twice, "a field has one origin");
    let misspelled = error(
        nothing(),
        parse_quote!(
            struct Post {
                #[one(USERS, kee = id)]
                author: User,
            }
        ),
    );
    assert_eq!(misspelled, "expected `key = …`, found `kee`");
    let keyless = error(
        nothing(),
        parse_quote!(
            struct Post {
                #[page(COMMENTS)]
                comments: Connection<Comment>,
            }
        ),
    );
    assert!(keyless.ends_with("expected `,`"), "{keyless}");
    let unknown = error(
        quote::quote!(rout = POSTS),
        parse_quote!(
            struct Post {
                id: Id,
            }
        ),
    );
    assert_eq!(unknown, "expected `route = …`, found `rout`");
    let hidden = error(
        nothing(),
        parse_quote!(
            struct Post {
                #[hidden(id)]
                author_id: Id,
            }
        ),
    );
    assert!(hidden.contains("unexpected token in attribute"), "{hidden}");
}

#[test]
fn plain_and_hidden_fields_stay_in_the_struct_and_others_leave_it() {
    let item: ItemStruct = parse_quote! {
        struct Post {
            id: Id,
            #[hidden]
            author_id: UserId,
            #[one(USERS, key = author_id)]
            author: User,
            #[value(LIKES.likes, key = id, access = SelfOrAdmin(author_id))]
            likes: i32,
            #[computed(excerpt(id, length: i32 = 140, "Characters."))]
            excerpt: Result<Text>,
        }
    };
    let declaration = Declaration::of(syn::parse2(quote::quote!(route = POSTS)).unwrap(), item).unwrap();
    let names = declaration.item.fields.iter().map(|field| field.ident.as_ref().unwrap().to_string());
    assert_eq!(names.collect::<Vec<_>>(), ["id", "author_id"]);
    let resolved = declaration.resolved.iter().map(|field| field.name.to_string());
    assert_eq!(resolved.collect::<Vec<_>>(), ["author", "likes", "excerpt"]);
    assert!(declaration.route.is_some());
}
