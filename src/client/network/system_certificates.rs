//! The certificates that the system trusts, read without a look at the environment.
//!
//! `rustls_native_certs::load_native_certs` reads `SSL_CERT_FILE` and `SSL_CERT_DIR` of the process, which the core must not. `NetworkOptions` has both,
//! from the caller's snapshot.

use rustls::pki_types::CertificateDer;

/// None where the system has none, or does not tell.
pub(super) fn system_certificates() -> Vec<CertificateDer<'static>> {
    platform::certificates()
}

#[cfg(not(any(target_os = "macos", windows)))]
mod platform {
    use std::path::Path;

    use rustls::pki_types::CertificateDer;

    /// Where Linux distributions have their bundle of certificates, in the order in which Go looks for them (`crypto/x509/root_linux.go`, 2025).
    const BUNDLES: [&str; 6] = [
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/ca-bundle.pem",
        "/etc/pki/tls/cacert.pem",
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
        "/etc/ssl/cert.pem",
    ];

    /// Where they have single certificates.
    const DIRECTORIES: [&str; 2] = ["/etc/ssl/certs", "/etc/pki/tls/certs"];

    pub(super) fn certificates() -> Vec<CertificateDer<'static>> {
        rustls_native_certs::load_certs_from_paths(first_existing(&BUNDLES), first_existing(&DIRECTORIES)).certs
    }

    fn first_existing(paths: &[&'static str]) -> Option<&'static Path> {
        paths.iter().copied().map(Path::new).find(|path| path.exists())
    }
}

#[cfg(target_os = "macos")]
mod platform {
    use std::collections::HashMap;

    use rustls::pki_types::CertificateDer;
    use security_framework::trust_settings::{Domain, TrustSettings, TrustSettingsForCertificate};

    /// The settings of a user replace an administrator's, and these the system's (Apple, `SecTrustSettingsDomain`).
    const STRONGEST_FIRST: [Domain; 3] = [Domain::User, Domain::Admin, Domain::System];

    pub(super) fn certificates() -> Vec<CertificateDer<'static>> {
        let mut settings_of: HashMap<Vec<u8>, TrustSettingsForCertificate> = HashMap::new();
        for domain in STRONGEST_FIRST.map(TrustSettings::new) {
            // A domain without any settings is an error there.
            for certificate in domain.iter().into_iter().flatten() {
                if let Ok(settings) = domain.tls_trust_settings_for_certificate(&certificate) {
                    // An empty list of settings: the certificate is trusted as a root (Apple, `SecTrustSettingsCopyTrustSettings`).
                    let settings = settings.unwrap_or(TrustSettingsForCertificate::TrustRoot);
                    settings_of.entry(certificate.to_der()).or_insert(settings);
                }
            }
        }
        let trusted = settings_of.into_iter().filter(|(_, settings)| is_trusted(*settings));
        trusted.map(|(der, _)| der.into()).collect()
    }

    fn is_trusted(settings: TrustSettingsForCertificate) -> bool {
        matches!(
            settings,
            TrustSettingsForCertificate::TrustRoot | TrustSettingsForCertificate::TrustAsRoot
        )
    }
}

#[cfg(windows)]
mod platform {
    use rustls::pki_types::CertificateDer;
    use schannel::cert_context::{CertContext, ValidUses};
    use schannel::cert_store::CertStore;

    /// The extended key usage "TLS server authentication" (RFC 5280, 4.2.1.12).
    const SERVER_AUTHENTICATION: &str = "1.3.6.1.5.5.7.3.1";

    /// The user's store shows those of the machine too.
    pub(super) fn certificates() -> Vec<CertificateDer<'static>> {
        let Ok(roots) = CertStore::open_current_user("ROOT") else {
            return Vec::new();
        };
        let trusted = roots.certs().filter(is_trusted);
        trusted.map(|certificate| certificate.to_der().to_vec().into()).collect()
    }

    fn is_trusted(certificate: &CertContext) -> bool {
        let is_for_servers = match certificate.valid_uses() {
            Ok(ValidUses::All) => true,
            Ok(ValidUses::Oids(uses)) => uses.iter().any(|usage| usage == SERVER_AUTHENTICATION),
            Err(_) => false,
        };
        is_for_servers && certificate.is_time_valid().unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_system_has_certificates() {
        let is_slim_container = cfg!(target_os = "linux") && !Path::new("/etc/ssl/certs/ca-certificates.crt").exists();
        assert!(is_slim_container || !system_certificates().is_empty());
    }
}
