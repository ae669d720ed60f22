//! Starting: on a new database, beside another instance, and not on a database of another version.

use chassis::{ServiceSettings, StartError, database::Database, testing::TestDatabase};
use contract::Clock;
use futures::future::join_all;

use crate::notes::MIGRATIONS;

#[tokio::test]
async fn many_instances_may_start_on_one_new_database_at_once() {
    let home = TestDatabase::create().await;
    let settings = home.settings().database();
    let starts = join_all((0..4).map(|_| Database::open(&settings, MIGRATIONS, Clock::system()))).await;
    for database in starts {
        database.unwrap().close().await;
    }
}

#[tokio::test]
async fn a_database_of_a_later_version_is_refused_in_one_sentence() {
    let home = TestDatabase::create().await;
    let settings = home.settings().database();
    Database::open(&settings, MIGRATIONS, Clock::system()).await.unwrap().close().await;
    let Err(error) = Database::open(&settings, &[], Clock::system()).await else { panic!("it started") };
    assert!(matches!(error, StartError::OtherVersion { version: 100, .. }), "{error}");
    assert_eq!(error.to_string().lines().count(), 1);
}

#[tokio::test]
async fn an_unreachable_database_is_one_sentence() {
    let home = TestDatabase::create().await;
    for url in ["sqlite:/nowhere/at/all.db".to_owned(), "postgres://nobody@127.0.0.1:1/none".to_owned()] {
        let settings = ServiceSettings::new(url.parse().unwrap(), "127.0.0.1:0".parse().unwrap()).database();
        let Err(error) = Database::open(&settings, MIGRATIONS, Clock::system()).await else { panic!("it started") };
        assert!(error.to_string().starts_with("cannot open the database at "), "{error}");
        assert_eq!(error.to_string().lines().count(), 1);
    }
    drop(home);
}
