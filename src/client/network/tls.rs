//! TLS: trusted certificates and rustls's configuration.

use std::error::Error as StdError;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

/// The system's certificates and Mozilla's: a slim container has none, and Node.js does not need the system's either.
static DEFAULT_ROOTS: LazyLock<RootCertStore> = LazyLock::new(|| {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
});

/// The common certificates and those of `ca_files`.
pub(super) fn trusted_roots(ca_files: &[PathBuf]) -> Result<RootCertStore, String> {
    let mut roots = DEFAULT_ROOTS.clone();
    for file in ca_files {
        add_certificates(&mut roots, file).map_err(|error| format!("the CA file {} cannot be used: {error}", file.display()))?;
    }
    Ok(roots)
}

fn add_certificates(roots: &mut RootCertStore, file: &Path) -> Result<(), Box<dyn StdError + Send + Sync>> {
    let mut certificates = CertificateDer::pem_file_iter(file)?.peekable();
    if certificates.peek().is_none() {
        return Err("it holds no PEM certificate".into());
    }
    for certificate in certificates {
        roots.add(certificate?)?;
    }
    Ok(())
}

pub(super) fn client_config(roots: RootCertStore) -> Result<ClientConfig, rustls::Error> {
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(ring).with_safe_default_protocol_versions()?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}
