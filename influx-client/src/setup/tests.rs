use influx_core::Dialect;

use crate::client::Client;
use crate::error::Result;

fn builds(query: &str) -> Result<Client> {
    Client::from_connection_string(format!("http://localhost:8086?{query}"))?.build()
}

#[test]
fn generations_by_what_only_one_has() {
    for (query, generation) in [
        ("bucket=b", Some(Dialect::V2)),
        ("database=d&username=u&password=p", Some(Dialect::V1)),
        ("database=d&rp=r", Some(Dialect::V1)),
        ("database=d&token=t", None),
        ("org=o", None),
        ("org=o&version=v2", Some(Dialect::V2)),
        ("database=d&version=1", Some(Dialect::V1)),
    ] {
        let config = Client::from_connection_string(format!("http://h?{query}")).unwrap();
        assert_eq!(config.generation(), generation, "{query}");
    }
    let error = builds("database=d").unwrap_err();
    assert!(error.is_config() && error.to_string().contains("detect()"), "{error}");
}

#[test]
fn who_the_caller_is() {
    for (query, shown) in [
        ("version=1&username=u&password=hidden", "Basic"),
        ("version=1&token=u:hidden", "Token"),
        ("version=1&token=u:hidden&auth_basic=true", "Basic"),
        ("version=2&username=u&password=hidden", "Session"),
        ("version=2&token=hidden", "ApiToken"),
        ("version=2&token=u:hidden&auth_basic=yes", "Basic"),
    ] {
        let client = format!("{:?}", builds(query).unwrap());
        assert!(
            client.contains(&format!("auth: Some({shown}")) && !client.contains("hidden"),
            "{query}: {client}"
        );
    }
}

#[test]
fn mistakes_say_the_way_out() {
    for (query, says) in [
        ("version=1&token=hidden", "give username and password"),
        ("version=2&username=u", "without password"),
        ("version=2&password=hidden", "without username"),
        ("version=2&token=t&username=u&password=hidden", "leave one of the two ways out"),
        ("version=1&bucket=b", "bucket is nothing that InfluxDB 1.x has: give database"),
        ("version=2&db=d", "db is nothing that InfluxDB 2.x has: give bucket"),
        ("bucket=b&timeout=0", "timeout of 0"),
        ("bucket=b&timeout=5h", "write milliseconds"),
        ("bucket=b&gzip=maybe", "write true or false"),
        ("bucket=b&precision=n", "write ns, us, ms or s"),
        ("bucket=b&verify_ssl=false", "give the server's authority by ssl_ca_cert"),
        ("bucket=b&ssl_ca_cert=/nowhere.pem", "ssl_ca_cert names /nowhere.pem, which cannot be read"),
        ("bucket=b&cert_key_file=/nowhere.pem", "cannot be read"),
        ("bucket=b&connection_pool_maxsize=25", "connections are opened as they are needed"),
        ("bucket=b&tags.a=${env.INFLUX_NOT_SET_ANYWHERE}", "that variable is not set"),
        ("bucket=b&token=${env.INFLUX_NOT_SET_ANYWHERE}", "that variable is not set"),
    ] {
        let error = builds(query).unwrap_err();
        assert!(error.is_config() && error.to_string().contains(says), "{query}: {error}");
        assert!(!format!("{error:?}").contains("hidden"), "{query}");
    }
    assert!(builds("bucket=b&verify_ssl=true&timeout=1m&precision=second&gzip=0").is_ok());
    assert!(builds("bucket=b&tags.path=${env.PATH}").is_ok());
}
