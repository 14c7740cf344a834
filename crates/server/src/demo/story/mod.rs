//! One whole deal, played through the public API as the separate parties would, each with an
//! account of its own: a university, an enterprise, a broker, an operator and a registrar.

mod contract;
mod listing;
mod matching;
mod people;
mod stage;
mod subsidy;
mod transcript;

use kernel::Words;

pub use transcript::Language;

/// The market's own staff, who cannot register over the API.
#[derive(Clone, Debug)]
pub struct Staff {
    /// Signs in as operator.
    pub operator_email: String,
    /// Signs in as registrar.
    pub registrar_email: String,
    /// The password of both.
    pub password: String,
}

/// Plays the deal against the market at `base` (`http://127.0.0.1:8080`). `run` is a number that
/// no earlier run on the same database had, such as seconds since 1970: names, credit codes and
/// the registration number are made from it.
///
/// # Errors
/// The first step that was refused or did not come about.
pub async fn play(base: &str, staff: &Staff, language: Language, run: i64) -> anyhow::Result<()> {
    let mut stage = stage::Stage::new(base, language, run)?;
    stage.out.title(Words::new("一、入驻与核验", "1. Joining the market"))?;
    let cast = people::enter(&mut stage, staff, run).await?;
    stage.out.title(Words::new("二、发布成果与需求", "2. A result and a need"))?;
    let listed = listing::publish_both(&mut stage, &cast).await?;
    stage.out.title(Words::new("三、匹配与撮合", "3. Matching and introduction"))?;
    let introduction = matching::introduce(&mut stage, &cast, &listed).await?;
    stage.out.title(Words::new("四、签订合同", "4. The contract"))?;
    let signed = contract::sign(&mut stage, &cast, &listed, &introduction).await?;
    subsidy::show_projection(&mut stage, &cast, &signed).await?;
    stage.out.title(Words::new("五、认定登记与付款", "5. Recognition and payment"))?;
    let recognised = contract::recognise(&mut stage, &cast, &signed, run).await?;
    subsidy::wait_for_awards(&mut stage, &cast, &signed).await?;
    contract::pay(&mut stage, &cast, &recognised).await?;
    listing::withdraw_result(&mut stage, &cast, &listed).await?;
    stage.out.title(Words::new("六、补贴怎样算出来", "6. Why these sums"))?;
    subsidy::explain(&mut stage, &cast, &signed).await
}
