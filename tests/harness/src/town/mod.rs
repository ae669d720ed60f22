//! A small town of data for the stub services: who lives there, what they wrote, liked and bought. In: how large.
//! Out: the same records on every run, with ids that sort by age; commands of a test change them in place.

mod records;

use std::collections::BTreeSet;
use std::time::Duration;

use contract::{CommentId, Money, OrderId, PostId, Time, UserId};

pub use records::{Comment, Offer, Order, OrderItem, OrderStep, Post, User};

/// How large a town is.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// People; the first is an admin.
    pub users: usize,
    /// Posts, written by the people in turn.
    pub posts: usize,
    /// Comments on each post, by different people.
    pub comments: usize,
    /// Orders; their buyers are the people in turn.
    pub orders: usize,
}

impl Default for Sizes {
    fn default() -> Self {
        Self { users: 30, posts: 150, comments: 2, orders: 60 }
    }
}

/// Everything that the three services know.
#[derive(Debug)]
pub struct Town {
    /// Oldest first.
    pub users: Vec<User>,
    /// Oldest first.
    pub posts: Vec<Post>,
    /// Oldest first.
    pub comments: Vec<Comment>,
    /// Oldest first.
    pub orders: Vec<Order>,
    /// Who likes which post.
    pub likes: BTreeSet<(UserId, PostId)>,
    /// Who follows whom.
    pub follows: BTreeSet<(UserId, UserId)>,
}

/// When the first of everything happened.
const BEGINNING: Time = Time::from_millis(1_750_000_000_000);

impl Town {
    /// The town of that size.
    pub fn new(sizes: Sizes) -> Self {
        let users: Vec<User> = (0..sizes.users).map(user).collect();
        let posts: Vec<Post> = (0..sizes.posts).map(|n| post(n, &users[n % users.len()])).collect();
        let comment = |n: usize| comment(n, &posts[n / sizes.comments], &users[(n * 7 + 3) % users.len()]);
        let comments = (0..sizes.posts * sizes.comments).map(comment).collect();
        let sold: Vec<&Post> = posts.iter().filter(|post| post.offer.is_some()).collect();
        let orders = (0..sizes.orders).map(|n| order(n, &users[n % users.len()], sold[(n * 5 + 1) % sold.len()]));
        let orders = orders.collect();
        let mut town =
            Self { users, posts, comments, orders, likes: BTreeSet::default(), follows: BTreeSet::default() };
        for (a, user) in town.users.iter().enumerate() {
            let liked = town.posts.iter().enumerate().filter(|(p, _)| (a + p) % 7 == 0);
            town.likes.extend(liked.map(|(_, post)| (user.id, post.id)));
            let followed = town.users.iter().enumerate().filter(|(b, _)| a != *b && (a * 3 + b) % 5 == 0);
            town.follows.extend(followed.map(|(_, other)| (user.id, other.id)));
        }
        town
    }

    /// The posts of an author, newest first.
    pub fn posts_of(&self, author: UserId) -> Vec<&Post> {
        self.posts.iter().rev().filter(|post| post.author_id == author).collect()
    }

    /// Posts that can be bought, oldest first.
    pub fn offers(&self) -> Vec<&Post> {
        self.posts.iter().filter(|post| post.offer.is_some()).collect()
    }
}

fn at(n: usize) -> Time {
    BEGINNING.plus(Duration::from_secs(60 * n as u64))
}

fn user(n: usize) -> User {
    User {
        id: UserId::from_parts(at(n), n as u128),
        version: 1,
        handle: format!("user{n}"),
        name: format!("User Number {n}"),
        avatar_url: n.is_multiple_of(2).then(|| format!("https://pictures.example/{n}.png")),
        bio: n.is_multiple_of(3).then(|| format!("Bio of {n}")),
        created_at: at(n),
        email: format!("user{n}@example.com"),
        admin: n == 0,
    }
}

fn post(n: usize, author: &User) -> Post {
    let currency = ["EUR", "JPY", "KWD"][n % 3].parse().unwrap();
    let offer = Offer { price: Money { amount: 1_000 + n as i64, currency }, stock: 3 };
    Post {
        id: PostId::from_parts(at(n), n as u128),
        version: 1,
        author_id: author.id,
        title: format!("Post {n}"),
        body: format!("The body of post number {n}."),
        tags: vec!["all".into(), format!("t{}", n % 4)],
        offer: n.is_multiple_of(2).then_some(offer),
        published_at: at(n),
        updated_at: at(n),
    }
}

fn comment(n: usize, post: &Post, author: &User) -> Comment {
    Comment {
        id: CommentId::from_parts(at(n), n as u128),
        version: 1,
        post_id: post.id,
        author_id: author.id,
        body: format!("Comment {n}"),
        created_at: at(n),
    }
}

fn order(n: usize, buyer: &User, post: &Post) -> Order {
    let steps = ["pending", "confirmed", "shipped", "delivered"];
    let history = steps.iter().take(1 + n % 4).enumerate();
    let id = OrderId::from_parts(at(n), n as u128);
    let mut order = Order::placed(id, buyer.id, &[(post, 1 + (n % 2) as i64)], at(n));
    order.history = history.map(|(step, status)| OrderStep { status, at: at(n + step) }).collect();
    order.status = order.history.last().map(|step| step.status).unwrap();
    order
}
