//! The program begins a new epoch of the service's events on its operator's command.

use std::process::Command;

use chassis::testing::TestDatabase;
use serde_json::Value as Json;

#[tokio::test]
async fn a_new_epoch_begins_on_command() {
    let home = TestDatabase::create().await;
    let epochs = [1, 2].map(|_| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_post-service"));
        command.args([
            "--database-url",
            &home.argument(),
            "--listen",
            "127.0.0.1:0",
            "--user-service-url",
            "http://127.0.0.1:1",
        ]);
        let output = command.args(["events", "new-epoch"]).output().unwrap();
        let log = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{log}");
        let line: Json = serde_json::from_str(log.lines().last().unwrap()).unwrap();
        line["epoch"].as_str().unwrap().to_owned()
    });
    assert_ne!(epochs[0], epochs[1]);
}
