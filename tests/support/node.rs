//! Programs written for Node.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, Command, Stdio},
};

use super::tests_folder;

/// A Node program that runs as long as this value: it is told to end by the end of its standard input, which also
/// comes when this process ends in any way.
pub struct NodeTool {
    child: Child,
}

fn command(script: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("node");
    command.arg(tests_folder().join(script)).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
    command
}

impl NodeTool {
    /// Starts a script of the `tests` folder and gives the first line it prints, which says that it is ready.
    pub fn start(script: &str, arguments: &[&str]) -> (Self, String) {
        let mut child = command(script, arguments).spawn().expect("node is installed");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("text");
        assert!(!line.is_empty(), "{script} ended at once; its reason stands above");
        (Self { child }, line.trim().to_owned())
    }

    /// Runs a script to its end: `input` in, what it prints out.
    pub fn run(script: &str, input: &str) -> String {
        let mut child = command(script, &[]).spawn().expect("node is installed");
        let mut stdin = child.stdin.take().expect("piped");
        let input = input.to_owned();
        let writing = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
        let output = child.wait_with_output().expect("it ran");
        writing.join().expect("no panic").expect("it read its input");
        assert!(output.status.success(), "{script} failed; its reason stands above");
        String::from_utf8(output.stdout).expect("text")
    }
}

impl Drop for NodeTool {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        self.child.wait().ok();
    }
}
