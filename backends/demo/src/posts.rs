//! Demo posts, offers, comments and likes. Counts must be known before their rows are written: comments and likes are first
//! distributed over the posts by number, then written.

use contract::{Currency, Money, PostId, Time, UserId};
use post_service::seed::{CommentSeed, LikeSeed, PostSeed};

use crate::{
    plan::{Numbers, Plan, later, spread},
    words,
};

/// The currencies of offers, with a price range in minor units.
const PRICES: [(&str, usize, usize); 4] =
    [("EUR", 500, 20_000), ("USD", 500, 20_000), ("JPY", 800, 30_000), ("KWD", 1_500, 60_000)];

/// Posts by number, with their counts of comments and likes.
pub(crate) struct Posts {
    plan: Plan,
    users: Vec<UserId>,
    drafts: Vec<Draft>,
}

/// The data of a post that comments, likes and orders need.
struct Draft {
    id: PostId,
    author: usize,
    title: String,
    offer: Option<Money>,
    published_at: Time,
    comments: u32,
    likers: Vec<u32>,
}

/// A post that is for sale.
pub(crate) struct Sale {
    pub(crate) post_id: PostId,
    pub(crate) seller: usize,
    pub(crate) title: String,
    pub(crate) price: i64,
}

impl Posts {
    pub(crate) fn new(plan: Plan, users: Vec<UserId>, currencies: &[Currency]) -> Self {
        let count = plan.scale.posts();
        let (mut numbers, mut likes) = (plan.numbers("posts"), plan.numbers("likes"));
        let mut drafts: Vec<Draft> = (0..count)
            .map(|index| {
                // The oldest are ada's and grace's, all for sale, so that both have offers.
                let theirs = index < 20;
                let author = if theirs { index % 2 } else { numbers.below(users.len()) };
                let published_at = spread(index, count, 400, 100);
                let likers = 1 + likes.below(plan.scale.likes());
                Draft {
                    id: numbers.id(published_at),
                    author,
                    title: words::title(&mut numbers),
                    offer: (theirs || numbers.percent(60)).then(|| price(&mut numbers, currencies)),
                    published_at,
                    comments: 0,
                    likers: likes.distinct(likers, users.len(), author).into_iter().map(|liker| liker as u32).collect(),
                }
            })
            .collect();
        for index in commented(plan) {
            drafts[index].comments += 1;
        }
        Self { plan, users, drafts }
    }

    /// The rows of the posts.
    pub(crate) fn rows(&self) -> impl Iterator<Item = PostSeed> {
        let mut numbers = self.plan.numbers("texts");
        self.drafts.iter().map(move |draft| PostSeed {
            id: draft.id,
            author_id: self.users[draft.author],
            title: draft.title.clone(),
            body: words::body(&mut numbers),
            tags: words::tags(&mut numbers),
            offer: draft.offer.map(|price| (price, numbers.below(30) as i64)),
            published_at: draft.published_at,
            updated_at: draft.published_at,
            comment_count: i64::from(draft.comments),
            like_count: draft.likers.len() as i64,
        })
    }

    /// The rows of the comments.
    pub(crate) fn comments(&self) -> impl Iterator<Item = CommentSeed> {
        let mut numbers = self.plan.numbers("remarks");
        commented(self.plan).map(move |index| {
            let draft = &self.drafts[index];
            let created_at = later(draft.published_at, &mut numbers, 60);
            CommentSeed {
                id: numbers.id(created_at),
                post_id: draft.id,
                author_id: *numbers.one_of(&self.users),
                body: words::remark(&mut numbers),
                created_at,
            }
        })
    }

    /// The rows of the likes.
    pub(crate) fn likes(&self) -> impl Iterator<Item = LikeSeed> {
        let mut numbers = self.plan.numbers("like times");
        self.drafts.iter().flat_map(move |draft| {
            let created_at = later(draft.published_at, &mut numbers, 60);
            let like =
                move |&liker: &u32| LikeSeed { post_id: draft.id, user_id: self.users[liker as usize], created_at };
            draft.likers.iter().map(like)
        })
    }

    /// The posts for sale, by currency.
    pub(crate) fn sales(&self) -> Vec<(Currency, Vec<Sale>)> {
        let mut sales: Vec<(Currency, Vec<Sale>)> = Vec::new();
        for draft in &self.drafts {
            let Some(Money { amount, currency }) = draft.offer else { continue };
            let sale = Sale { post_id: draft.id, seller: draft.author, title: draft.title.clone(), price: amount };
            match sales.iter_mut().find(|(of, _)| *of == currency) {
                Some((_, sales)) => sales.push(sale),
                None => sales.push((currency, vec![sale])),
            }
        }
        sales
    }
}

/// The post of each comment: the same sequence each time.
fn commented(plan: Plan) -> impl Iterator<Item = usize> {
    let mut numbers = plan.numbers("commented");
    (0..plan.scale.comments()).map(move |_| numbers.below(plan.scale.posts()))
}

fn price(numbers: &mut Numbers, currencies: &[Currency]) -> Money {
    let index = numbers.below(PRICES.len());
    let (_, least, most) = PRICES[index];
    Money { amount: (least + numbers.below(most - least)) as i64, currency: currencies[index] }
}

/// The currencies of [`PRICES`], in their order.
pub(crate) fn currencies() -> Result<Vec<Currency>, contract::money::CurrencyError> {
    PRICES.iter().map(|(code, _, _)| code.parse()).collect()
}
