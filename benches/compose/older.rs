//! The BFF of another commit, built aside: a worktree and a target folder of its own, which later runs use again. In: a commit.
//! Out: its released program.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Builds the program of that commit.
pub fn build(commit: &str, folder: &Path) -> PathBuf {
    let root = env!("CARGO_MANIFEST_DIR");
    let (tree, target) = (folder.join("against"), folder.join("against-target"));
    let mut git = Command::new("git");
    if tree.exists() {
        git.arg("-C").arg(&tree).args(["checkout", "--quiet", "--detach", commit]);
    } else {
        run(Command::new("git").args(["-C", root, "worktree", "prune"]));
        git.args(["-C", root, "worktree", "add", "--quiet", "--detach"]).arg(&tree).arg(commit);
    }
    run(&mut git);
    println!("building {commit}");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(&tree).env("CARGO_TARGET_DIR", &target);
    run(cargo.args(["build", "--quiet", "--release", "--locked", "--no-default-features", "--bin", "tessera"]));
    target.join("release/tessera")
}

fn run(command: &mut Command) {
    let status = command.status().unwrap();
    assert!(status.success(), "{command:?}: {status}");
}
