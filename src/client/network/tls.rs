//! TLS: trusted certificates and rustls's configuration.

use std::error::Error as StdError;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use super::options::NetworkOptions;
use super::system_certificates::system_certificates;

/// Mozilla's certificates and the system's, where they are by default: a slim container has none, and Node.js does not need the system's either.
static DEFAULT_ROOTS: LazyLock<RootCertStore> = LazyLock::new(|| common_roots(system_certificates()));

fn common_roots(of_system: Vec<CertificateDer<'static>>) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    roots.add_parsable_certificates(of_system);
    roots
}

/// The common certificates and those of the CA files. A file or directory of `SSL_CERT_FILE` and `SSL_CERT_DIR` stands in place of the system's.
pub(super) fn trusted_roots(options: &NetworkOptions) -> Result<RootCertStore, String> {
    let mut roots = if options.system_ca_file.is_none() && options.system_ca_directories.is_empty() {
        DEFAULT_ROOTS.clone()
    } else {
        let mut certificates = rustls_native_certs::load_certs_from_paths(options.system_ca_file.as_deref(), None).certs;
        for directory in &options.system_ca_directories {
            certificates.extend(rustls_native_certs::load_certs_from_paths(None, Some(directory)).certs);
        }
        common_roots(certificates)
    };
    for file in &options.ca_files {
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
