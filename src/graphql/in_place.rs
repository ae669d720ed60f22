//! Objects whose plain fields are resolved where they stand. The engine makes a future for each field and keeps it on the
//! heap, although most fields are at hand: only those that ask a service (`@call`), or have fields of their own, may wait.
//! In: an object and its selection. Out: the same answer as the engine's, in the order of the selection.

use std::{
    borrow::Cow,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use async_graphql::{
    ContainerType, ContextSelectionSet, Name, OutputType, Positioned, ServerError, ServerResult, Value,
    indexmap::IndexMap,
    parser::{
        Error as SdlError, parse_schema,
        types::{Field, FieldDefinition, Selection, TypeKind, TypeSystemDefinition},
    },
    registry::Registry,
    resolver_utils::resolve_container,
};
use futures::future::try_join_all;
use serde::Deserialize;

/// An object that is resolved in place.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct InPlace<T>(pub T);

/// The names of the fields that ask a service, whichever type they belong to. Cheap to clone.
#[derive(Clone)]
pub struct CallingFields(Arc<[String]>);

impl CallingFields {
    /// The fields that the schema says `@call` of.
    ///
    /// # Errors
    /// The text is no schema.
    pub fn of(sdl: &str) -> Result<Self, SdlError> {
        let definitions = parse_schema(sdl)?.definitions.into_iter();
        let objects = definitions.filter_map(|definition| match definition {
            TypeSystemDefinition::Type(definition) => match definition.node.kind {
                TypeKind::Object(object) => Some(object.fields),
                _ => None,
            },
            _ => None,
        });
        let calls = |field: &Positioned<FieldDefinition>| {
            field.node.directives.iter().any(|directive| directive.node.name.node == "call")
        };
        let mut names: Vec<String> =
            objects.flatten().filter(calls).map(|field| field.node.name.node.to_string()).collect();
        names.sort_unstable();
        names.dedup();
        Ok(Self(names.into()))
    }

    /// Whether the field may have to wait for something.
    fn may_wait(&self, field: &Field) -> bool {
        !field.selection_set.node.items.is_empty() || self.0.iter().any(|name| *name == *field.name.node)
    }
}

impl<T: ContainerType> OutputType for InPlace<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn introspection_type_name(&self) -> Cow<'static, str> {
        self.0.introspection_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        let selections = &ctx.item.node.items;
        if selections.iter().any(|selection| !matches!(selection.node, Selection::Field(_))) {
            return resolve_container(ctx, &self.0).await;
        }
        let calling = ctx.data_unchecked::<CallingFields>();
        let mut fields: IndexMap<Name, Value> = IndexMap::with_capacity(selections.len());
        let mut waiting = Vec::new();
        for selection in selections {
            let Selection::Field(field) = &selection.node else { continue };
            let mut value = Value::Null;
            if field.node.name.node == "__typename" {
                value = Value::String(self.0.introspection_type_name().into_owned());
            } else if calling.may_wait(&field.node) {
                let (place, ctx) = (fields.len(), ctx.clone());
                waiting.push(Box::pin(async move {
                    let value = self.0.resolve_field(&ctx.with_field(field)).await?;
                    Ok::<_, ServerError>((place, value.unwrap_or_default()))
                }));
            } else {
                let ctx = ctx.with_field(field);
                // Polled where it is made: moving it would copy the state of the type's largest resolver.
                let resolver = pin!(self.0.resolve_field(&ctx));
                let Poll::Ready(ready) = resolver.poll(&mut Context::from_waker(Waker::noop())) else {
                    return Err(ctx.set_error_path(ServerError::new("a field without @call waits", Some(field.pos))));
                };
                value = ready?.unwrap_or_default();
            }
            fields.insert(field.node.response_key().node.clone(), value);
        }
        for (place, value) in try_join_all(waiting).await? {
            fields[place] = value;
        }
        Ok(Value::Object(fields))
    }
}
