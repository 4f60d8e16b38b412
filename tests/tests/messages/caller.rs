//! The caller's own names and values, and advice.

use super::forbidden::*;
use super::*;

#[tokio::test]
async fn names_and_values_of_the_caller() {
    let forbidden = Forbidden(spellings(PASSWORD));
    let name = format!("{HOSTILE}{PASSWORD}{}", "x".repeat(100_000));
    let name = name.as_str();
    let client = Client::v1("http://127.0.0.1:9").basic_auth(USER, PASSWORD).database(name).build().unwrap();
    let points = [
        Point::new("m").field(name, f64::NAN),
        Point::new("m").tag(name, "b").field("f", 1),
        Point::new("m").tag("t", name).field("f", 1),
        Point::new(name).field("f", 1),
        Point::new("m").field("f", name).field("f", 1),
    ];
    let writer = client.batch_writer().build().unwrap();
    for (n, point) in points.iter().enumerate() {
        for error in [
            client.write(point).await.unwrap_err(),
            client.write_iter([point]).await.unwrap_err(),
            writer.write(point).await.unwrap_err(),
            writer.write_all([point]).await.unwrap_err(),
        ] {
            assert!(error.is_encode());
            forbidden.check_error(&error, &n.to_string());
        }
    }
    let others = [
        client.write_lines(format!("m f=1 1\r\n{name}")).await.err(),
        client.influxql(name).bind(name, name).fetch_all::<OwnedRow>().await.err(),
        client.v1().database(name).show_measurements().await.err(),
        client.v1().create_database(name).await.err(),
        client.v1().drop_user(name).await.err(),
        client.v1().show_tag_keys().measurement(name).await.err(),
        Client::v1("http://h").default_tag(name, name).build().err(),
        Client::v1("http://h").user_agent(name).build().err(),
        Client::v1(format!("http://{USER}:{PASSWORD}@h/{HOSTILE}?p={PASSWORD}")).build().err(),
        Client::v1(format!("{USER}:{PASSWORD}@h")).build().err(),
        Client::v1(format!("ftp://{USER}:{PASSWORD}@{HOSTILE}")).build().err(),
        client.batch_writer().default_tag(name, name).build().err(),
    ];
    for (n, error) in others.into_iter().enumerate() {
        if let Some(error) = error {
            for text in [error.to_string(), format!("{error:?}"), error.report()] {
                assert!(!text.chars().any(is_hidden) && text.len() <= 4_096, "{n}: {text:?}");
                assert!(!(8..11).contains(&n) || !text.contains("é+&7"), "{n}: {text}");
            }
        }
    }
    assert!(writer.to_database(name).unwrap().target().to_string().len() < 400);
    drop(writer);
}

#[tokio::test]
async fn the_advice_about_nan_can_be_followed() {
    let server = Server::start().await.unwrap();
    server.expect(Expect::write().any_times(), Reply::status(204));
    let point = Point::new("m").field("f", f64::NAN).field("g", 1.5).timestamp(1);
    let client = |nan| Client::v1(server.url()).database("d").nan(nan).build().unwrap();
    let strict = client(Nan::Error);
    let error = strict.write(&point).await.unwrap_err();
    assert!(error.to_string().contains("Nan::Skip"), "{error}");
    strict.write(&point).nan(Nan::Skip).await.unwrap();
    strict.write_iter([&point]).nan(Nan::Skip).await.unwrap();
    let lenient = client(Nan::Skip);
    lenient.write(&point).await.unwrap();
    assert!(lenient.write(&point).nan(Nan::Error).await.unwrap_err().is_encode());
    for builder in [strict.batch_writer().nan(Nan::Skip), lenient.batch_writer()] {
        let writer = builder.build().unwrap();
        writer.write(&point).await.unwrap();
        assert!(writer.close(Duration::from_secs(20)).await.is_complete());
    }
    assert!(strict.batch_writer().build().unwrap().try_write(&point).is_err());
    assert!(lenient.batch_writer().nan(Nan::Error).build().unwrap().try_write(&point).is_err());
    assert_eq!(server.lines(), ["m g=1.5 1"; 5]);
    // nothing is left of it then
    assert!(lenient.write(Point::new("m").field("f", f64::INFINITY)).await.unwrap_err().is_encode());
}

#[tokio::test]
async fn a_batch_writer_counts_what_a_call_was_given() {
    let client = Client::v1("http://127.0.0.1:9").database("d").build().unwrap();
    let writer = client.batch_writer().build().unwrap();
    let (good, bad) = (Point::new("m").field("f", 1), Point::new("m").field("f", f64::NAN));
    #[track_caller]
    fn names(error: &Error, index: usize) {
        assert_eq!(error.encode_error().unwrap().index(), Some(index), "{error}");
        assert_eq!(error.rejected()[0].index(), Some(index));
        assert!(error.to_string().starts_with(&format!("point {index}, ")), "{error}");
        assert_eq!(error.points_taken(), index as u64);
    }
    for _ in 0..3 {
        writer.write_all(&[good.clone(), good.clone()]).await.unwrap();
        names(&writer.write_all(&[good.clone(), bad.clone(), good.clone()]).await.unwrap_err(), 1);
        names(&writer.write_all_blocking(&[good.clone(), good.clone(), bad.clone()]).unwrap_err(), 2);
        let many = std::iter::repeat_n(&good, 100).chain([&bad]);
        names(&writer.write_all(many).await.unwrap_err(), 100);
        names(&writer.write(&bad).await.unwrap_err(), 0);
        names(&writer.try_write(&bad).unwrap_err(), 0);
        names(&writer.write_blocking(&bad).unwrap_err(), 0);
    }
}
