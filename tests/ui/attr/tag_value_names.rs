use influx_core::TagValue;

#[derive(TagValue)]
#[tag_value(rename_all = "lowercase", rename = "x")]
enum Side {
    #[tag_value(rename = "")]
    Buy,
    #[tag_value(rename_all = "lowercase")]
    Sell,
    #[tag_value(rename = "sell", rename = "x")]
    Other,
}

#[derive(TagValue)]
enum Same {
    #[tag_value(rename = "B")]
    A,
    B,
    #[tag_value(rename = "c\\")]
    C,
}

fn main() {}
