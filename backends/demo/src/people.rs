//! Demo users and their follows. The first three are the users to sign in as.
//! In: a plan. Out: rows of users and follows.

use contract::token::Role;
use user_service::seed::{FollowSeed, UserSeed};

use crate::{
    plan::{Plan, later, spread},
    words,
};

/// The handles of the first users, in this order.
const KNOWN: [(&str, &str, Role); 3] = [
    ("ada", "Ada Lovelace", Role::Member),
    ("grace", "Grace Hopper", Role::Member),
    ("admin", "Adele Min", Role::Admin),
];

/// All users and all follows.
pub(crate) struct People {
    pub(crate) users: Vec<UserSeed>,
    pub(crate) follows: Vec<FollowSeed>,
}

pub(crate) fn people(plan: Plan) -> People {
    let count = plan.scale.users();
    let mut numbers = plan.numbers("people");
    let mut users: Vec<UserSeed> = (0..count)
        .map(|index| {
            let created_at = spread(index, count, 900, 500);
            let known = KNOWN.get(index);
            let name = words::name(&mut numbers);
            let handle = known.map_or_else(|| format!("maker_{index}"), |(handle, _, _)| (*handle).to_owned());
            UserSeed {
                id: numbers.id(created_at),
                email: format!("{handle}@example.com"),
                name: known.map_or(name, |(_, name, _)| (*name).to_owned()),
                role: known.map_or(Role::Member, |(_, _, role)| *role),
                avatar_url: numbers.percent(70).then(|| format!("https://images.example.com/{handle}.png")),
                bio: numbers.percent(60).then(|| words::remark(&mut numbers)),
                handle,
                created_at,
                follower_count: 0,
                following_count: 0,
            }
        })
        .collect();
    let follows = follows(plan, &mut users);
    People { users, follows }
}

/// Chooses the follows and counts them.
fn follows(plan: Plan, users: &mut [UserSeed]) -> Vec<FollowSeed> {
    let mut numbers = plan.numbers("follows");
    let mut follows = Vec::new();
    for follower in 0..users.len() {
        let wanted = 1 + numbers.below(plan.scale.followed());
        let mut followed = numbers.distinct(wanted, users.len(), follower);
        // The users to sign in as follow each other, so that their pages are not empty.
        followed.extend((0..KNOWN.len()).filter(|known| follower < KNOWN.len() && *known != follower));
        followed.sort_unstable();
        followed.dedup();
        for followed in followed {
            let since = users[follower].created_at.max(users[followed].created_at);
            let created_at = later(since, &mut numbers, 30);
            let (follower_id, followed_id) = (users[follower].id, users[followed].id);
            follows.push(FollowSeed { follower_id, followed_id, created_at });
            users[follower].following_count += 1;
            users[followed].follower_count += 1;
        }
    }
    follows
}
