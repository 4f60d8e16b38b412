//! Connections over TLS, to a server in this process and to a real InfluxDB 1.x: whom the client trusts, and who it is.

use std::sync::Arc;

use influx_client::{Client, ClientBuilder, Error, Point, Pong, V1};
use influx_tests::support::{InfluxdOptions, own_influxd, v1_url};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

/// An authority that nobody knows.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new(name: &str) -> Authority {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Authority(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn pem(&self) -> String {
        self.0.pem()
    }

    /// Certificate and key for these names, in PEM.
    fn sign(&self, names: &[&str]) -> (String, String) {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(names).unwrap().signed_by(&key, &self.0).unwrap();
        (certificate.pem(), key.serialize_pem())
    }
}

/// Starts a server that answers everything with 204; with `clients`, it wants clients to be signed by that authority.
async fn serve((certificate, key): &(String, String), clients: Option<&Authority>) -> String {
    let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
    let config = match clients {
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(CertificateDer::from_pem_slice(authority.pem().as_bytes()).unwrap()).unwrap();
            let verifier = WebPkiClientVerifier::builder(Arc::new(roots)).build().unwrap();
            ServerConfig::builder().with_client_cert_verifier(verifier)
        }
        None => ServerConfig::builder().with_no_client_auth(),
    };
    let acceptor = TlsAcceptor::from(Arc::new(config.with_single_cert(chain, key).unwrap()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let mut stream = acceptor.accept(stream).await?;
                let mut head = [0; 4_096];
                let mut len = 0;
                while !head[..len].ends_with(b"\r\n\r\n") {
                    match stream.read(&mut head[len..]).await? {
                        0 => break,
                        read => len += read,
                    }
                }
                let answer =
                    "HTTP/1.1 204 No Content\r\nX-Influxdb-Version: 1.8.10\r\nConnection: close\r\n\r\n";
                stream.write_all(answer.as_bytes()).await?;
                stream.shutdown().await
            });
        }
    });
    format!("https://localhost:{port}")
}

async fn ping(url: &str, set: impl FnOnce(ClientBuilder<V1>) -> ClientBuilder<V1>) -> Result<Pong, Error> {
    set(Client::v1(url)).build()?.ping().await
}

#[tokio::test]
async fn only_whom_the_client_trusts() {
    let (authority, other, namesake) = (Authority::new("a"), Authority::new("b"), Authority::new("a"));
    let url = serve(&authority.sign(&["localhost"]), None).await;
    let pong = ping(&url, |b| b.root_certificate(authority.pem())).await.unwrap();
    assert_eq!(pong.version(), Some("1.8.10"));
    ping(&url, |b| b.root_certificate(authority.pem()).system_roots(false)).await.unwrap();
    // Of several, one is enough, whether they come in one text or in several.
    let bundle = format!("two of them\n{}\n{}", other.pem(), authority.pem());
    ping(&url, |b| b.root_certificate(bundle)).await.unwrap();
    ping(&url, |b| b.root_certificate(authority.pem()).root_certificate(other.pem())).await.unwrap();

    for error in [
        ping(&url, |b| b).await.unwrap_err(),
        ping(&url, |b| b.root_certificate(other.pem())).await.unwrap_err(),
        ping(&url, |b| b.root_certificate(namesake.pem())).await.unwrap_err(),
        ping(&url, |b| b.root_certificate(other.pem()).system_roots(false)).await.unwrap_err(),
    ] {
        assert!(error.is_connect(), "{error:?}");
        assert!(error.to_string().contains("by .root_certificate(..)"), "{error}");
        assert!(error.report().contains("invalid peer certificate"), "{}", error.report());
    }
}

#[tokio::test]
async fn a_server_that_signed_itself() {
    let itself = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (pem, key) = (itself.cert.pem(), itself.signing_key.serialize_pem());
    let url = serve(&(pem.clone(), key), None).await;
    ping(&url, |b| b.root_certificate(&pem)).await.unwrap();
    let error = ping(&url, |b| b).await.unwrap_err();
    assert!(error.to_string().contains("by .root_certificate(..)"), "{error}");
}

#[tokio::test]
async fn other_troubles_say_their_way_out() {
    let authority = Authority::new("a");
    let url = serve(&authority.sign(&["db.example.com"]), None).await;
    let error = ping(&url, |b| b.root_certificate(authority.pem())).await.unwrap_err();
    assert!(error.to_string().contains("is for another name"), "{error}");
    assert!(error.report().contains("db.example.com"), "{}", error.report());

    let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let pem = params.self_signed(&key).unwrap().pem();
    let url = serve(&(pem.clone(), key.serialize_pem()), None).await;
    let error = ping(&url, |b| b.root_certificate(&pem)).await.unwrap_err();
    assert!(error.to_string().contains("CA:TRUE"), "{}", error.report());

    let plain = influx_client::test_util::Server::start().await.unwrap();
    let url = plain.url().replace("http://", "https://");
    let error = ping(&url, |b| b).await.unwrap_err();
    assert!(error.to_string().contains("http:// instead of https://"), "{}", error.report());
}

#[tokio::test]
async fn clients_that_name_themselves() {
    let authority = Authority::new("a");
    let url = serve(&authority.sign(&["localhost"]), Some(&authority)).await;
    let trusting = |b: ClientBuilder<V1>| b.root_certificate(authority.pem());
    let (certificate, key) = authority.sign(&["client"]);
    ping(&url, |b| trusting(b).client_certificate(&certificate, &key)).await.unwrap();

    // As `openssl ecparam -genkey` writes keys, and with more certificates behind the own one.
    let with_curve =
        format!("-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n{key}");
    let chain = format!("{certificate}{}", authority.pem());
    ping(&url, |b| trusting(b).client_certificate(chain, with_curve)).await.unwrap();

    let (stranger, strange_key) = Authority::new("b").sign(&["client"]);
    let (namesake, its_key) = Authority::new("a").sign(&["client"]);
    for error in [
        ping(&url, |b| trusting(b).client_certificate(&namesake, &its_key)).await.unwrap_err(),
        ping(&url, trusting).await.unwrap_err(),
        ping(&url, |b| trusting(b).client_certificate(&stranger, &strange_key)).await.unwrap_err(),
    ] {
        assert!(error.to_string().contains("by .client_certificate(..)"), "{} {error:?}", error.report());
    }
    let error = ping(&url, |b| trusting(b).client_certificate(&certificate, &strange_key)).await.unwrap_err();
    assert!(error.is_config() && error.to_string().contains(".client_certificate(..)"), "{error:?}");
}

#[test]
fn bad_certificates_are_found_when_the_client_is_built() {
    let (certificate, key) = Authority::new("a").sign(&["localhost"]);
    let v1 = || Client::v1("https://localhost:8086");
    let garbage = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (builder, says) in [
        (v1().root_certificate("no certificate"), "the root certificate holds no certificate in PEM"),
        (v1().root_certificate(""), "the root certificate holds no certificate in PEM"),
        (v1().root_certificate(&key), "the root certificate holds no certificate in PEM"),
        (v1().root_certificate(&certificate[..200]), "the root certificate holds no certificate in PEM"),
        (v1().root_certificate(garbage), "with these certificates: look at .root_certificate(..)"),
        (v1().root_certificate(garbage).system_roots(false), "look at .root_certificate(..)"),
        (v1().system_roots(false), "give one by .root_certificate(..)"),
        (v1().client_certificate(&key, &key), "the client certificate holds no certificate in PEM"),
        (v1().client_certificate(&certificate, &certificate), "holds no private key in PEM"),
    ] {
        let error = builder.build().unwrap_err();
        assert!(error.is_config() && error.to_string().contains(says), "{says}: {}", error.report());
    }
    let client = v1().client_certificate(&certificate, &key).build().unwrap();
    let line = key.lines().nth(1).unwrap();
    assert!(!format!("{client:?}").contains(line), "{client:?}");
}

#[tokio::test]
async fn a_real_server_over_tls() {
    let authority = Authority::new("a");
    let options = InfluxdOptions { https: Some(authority.sign(&["127.0.0.1"])), ..InfluxdOptions::default() };
    let Some(server) = own_influxd("TLS", options) else { return };
    let client = Client::v1(server.url()).database("d").root_certificate(authority.pem()).build().unwrap();
    client.v1().create_database("d").await.unwrap();
    client.write(Point::new("m").field("f", 1.5)).await.unwrap();
    assert_eq!(client.v1().show_measurements().await.unwrap(), ["m"]);
    let error = ping(server.url(), |b| b).await.unwrap_err();
    assert!(error.to_string().contains("by .root_certificate(..)"), "{error}");
    if let Some(plain) = v1_url("TLS to a plain server").filter(|url| url.starts_with("http://")) {
        let soon = std::time::Duration::from_secs(2);
        let error =
            ping(&plain.replace("http://", "https://"), |b| b.connect_timeout(soon)).await.unwrap_err();
        // It waits for the end of a line, which the client's random bytes may lack.
        let says = error.to_string().contains("http:// instead of https://");
        assert!(says || error.is_timeout(), "{}", error.report());
    }
    // Without TLS it says so itself, or closes the connection.
    let plain = server.url().replace("https://", "http://");
    let error = ping(&plain, |b| b).await.unwrap_err();
    assert!(error.status() == Some(400) || error.is_retryable(), "{error:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_real_server_on_a_unix_socket() {
    let options = InfluxdOptions { unix_socket: true, auth: true, ..InfluxdOptions::default() };
    let Some(server) = own_influxd("Unix socket", options) else { return };
    let client = Client::v1(server.socket_url()).database("d").basic_auth("root", "x").build().unwrap();
    client.v1().create_admin_user("root", "x").await.unwrap();
    client.v1().create_database("d").await.unwrap();
    client.write(Point::new("m").field("f", 1.5)).await.unwrap();
    assert_eq!(client.v1().show_measurements().await.unwrap(), ["m"]);
    let stranger = Client::v1(server.socket_url()).database("d").build().unwrap();
    assert!(stranger.v1().show_measurements().await.unwrap_err().is_auth());
}
