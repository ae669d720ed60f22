//! What the objects of a place ask of a route: a key each, unless the viewer may not see what is behind it.

use async_graphql::Error;

use super::{
    program::Edge,
    run::{Ask, Asks, Object, Run},
};
use crate::{
    clients::{Answer, Cell, PageArguments, RouteKey, id, plain},
    graphql::{
        self,
        table::{Access, Arguments},
    },
};

impl Run<'_> {
    /// The objects of an edge's place ask.
    pub(super) fn ask(&mut self, place: usize) {
        let edge = &self.request.program.edges[place];
        let asks = match self.arguments_of(edge) {
            Err(error) => {
                let failure = self.fail(error);
                vec![Ask::Refused(failure); self.objects[edge.place].all.len()]
            }
            Ok(page) => {
                let asked = self.asked_by(edge.route, page, edge.records);
                let mut asks = Vec::with_capacity(self.objects[edge.place].all.len());
                for number in 0..self.objects[edge.place].all.len() {
                    let object = self.objects[edge.place].all[number];
                    asks.push(self.ask_of(edge, object, asked));
                }
                asks
            }
        };
        self.edges[place] = Asks { asks, known: 0, is_asked: true, is_done: false };
    }

    fn ask_of(&mut self, edge: &Edge, object: Object, asked: usize) -> Ask {
        let viewer = self.request.request.viewer.as_ref();
        let is_allowed = match (edge.access, viewer) {
            (None, _) | (Some(Access::Viewer | Access::Guarded(_)), Some(_)) => true,
            (Some(Access::Viewer | Access::Guarded(_)), None) => return Ask::Nothing,
            (Some(Access::SelfOrAdmin(_)), None) => {
                let known = self.unauthenticated;
                let failure = known.unwrap_or_else(|| self.fail(graphql::unauthenticated()));
                self.unauthenticated = Some(failure);
                return Ask::Refused(failure);
            }
            (Some(Access::SelfOrAdmin(_)), Some(viewer)) => {
                let owner = edge.owner.and_then(|owner| self.key(edge, object, owner));
                viewer.is_admin() || owner == Some(viewer.id().as_u128())
            }
        };
        if !is_allowed {
            let known = self.forbidden;
            let failure = known.unwrap_or_else(|| self.fail(graphql::forbidden()));
            self.forbidden = Some(failure);
            return Ask::Refused(failure);
        }
        match self.key(edge, object, edge.key) {
            Some(key) => Ask::Slot { asked, slot: self.asked[asked].put(RouteKey::Id(key)) },
            None => Ask::Nothing,
        }
    }

    /// The id in that member of an object.
    fn key(&self, edge: &Edge, Object { answer, row }: Object, column: usize) -> Option<u128> {
        let rows = self.rows(&self.request.program.places[edge.place], answer);
        id_at(&self.answers[answer], rows.cell(row, column))
    }

    fn arguments_of(&self, edge: &Edge) -> Result<Option<PageArguments>, Error> {
        let Some(written) = &edge.page else { return Ok(None) };
        let values = self.values(written);
        graphql::page(&Arguments(&values)).map(Some)
    }
}

/// The id that stands there, without its prefix: the last 32 characters.
pub(super) fn id_at(answer: &Answer, cell: Cell) -> Option<u128> {
    let text = plain(answer.text(cell.range()))?;
    id(text.get(text.len().checked_sub(32)?..)?)
}
