//! The program of a profile that prints keys (`credential_process`). It inherits the environment of the process: it may need all of it.

use std::process::{Output, Stdio};

use aws_credential_types::Credentials;
use aws_credential_types::credential_feature::AwsCredentialFeature;
use aws_credential_types::provider::error::CredentialsError;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::Command;

use super::key_document::{parse_process_output, with_feature};

/// What a program may print: of more, the rest is not read.
const MAX_OUTPUT_LENGTH: u64 = 1024 * 1024;

/// How many characters of what a program complains an error shows.
const MAX_COMPLAINT_CHARS: usize = 2000;

/// Runs `command` by the shell. A program that is still running when nobody waits for its keys any more is ended.
pub(super) async fn process_keys(command: &str, account: Option<&str>) -> Result<Credentials, CredentialsError> {
    let output = run(shell(command))
        .await
        .map_err(|error| failed(&format!(" from external process: {error}")))?;
    if !output.status.success() {
        let complaint: String = String::from_utf8_lossy(&output.stderr).chars().take(MAX_COMPLAINT_CHARS).collect();
        return Err(failed(&format!(
            ": external process exited with code {}. Stderr: {complaint}",
            output.status
        )));
    }
    let keys = parse_process_output(&output.stdout, account);
    let keys = keys.map_err(|why| failed(&format!(" from external process, could not parse response: {why}")))?;
    Ok(with_feature(keys, AwsCredentialFeature::CredentialsProcess))
}

fn failed(how: &str) -> CredentialsError {
    CredentialsError::provider_error("Error retrieving credentials".to_owned() + how)
}

/// By its path: a name would be looked for in the `PATH` of the process.
#[cfg(not(windows))]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", command]);
    shell
}

/// The command as it is, in the quotes that this shell takes away: those of the standard library are not what it reads.
#[cfg(windows)]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("cmd.exe");
    shell.arg("/C").raw_arg(format!("\"{command}\""));
    shell
}

/// Its input is that of the process, for a program that asks for a one-time password.
async fn run(mut command: Command) -> std::io::Result<Output> {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true).spawn()?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (stdout, stderr, status) = tokio::try_join!(read(stdout), read(stderr), child.wait())?;
    Ok(Output { status, stdout, stderr })
}

async fn read(pipe: Option<impl AsyncRead + Unpin>) -> std::io::Result<Vec<u8>> {
    let mut read = Vec::new();
    if let Some(pipe) = pipe {
        pipe.take(MAX_OUTPUT_LENGTH).read_to_end(&mut read).await?;
    }
    Ok(read)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::process_keys;
    use crate::client::error_chain::root_cause;

    async fn failure(command: &str) -> String {
        root_cause(&process_keys(command, None).await.unwrap_err())
    }

    #[tokio::test]
    async fn the_shell_runs_the_program_and_its_failures_are_told() {
        let keys = process_keys(r#"printf '%s' '{"Version":1,"AccessKeyId":"A","SecretAccessKey":"S"}'"#, Some("12")).await;
        assert_eq!(keys.unwrap().access_key_id(), "A");
        let exited = "Error retrieving credentials: external process exited with code exit status: 3. Stderr: log in first";
        assert_eq!(failure("echo log in first >&2; exit 3").await, exited);
        let unreadable = "Error retrieving credentials from external process, could not parse response: the answer is no JSON object";
        assert_eq!(failure("echo secret").await, unreadable);
    }

    #[tokio::test]
    async fn a_program_that_prints_without_end_is_not_read_to_its_end() {
        assert!(failure("yes").await.contains("external process exited"));
    }
}
