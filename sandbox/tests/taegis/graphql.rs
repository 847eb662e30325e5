//! GraphQL itself: documents, variables, introspection, what errors look like.

use serde_json::{Value, json};

use super::{administrator, session};
use crate::support::Sandbox;

#[test]
fn variables_may_be_absent_null_or_given() {
    let sandbox = Sandbox::start();
    let reader = session(&sandbox, "auditor");
    for body in [
        json!({ "query": "{ clients { id } }" }),
        json!({ "query": "{ clients { id } }", "variables": null, "operationName": null }),
        json!({ "query": "query A { clients { id } } query B { x: clients { id } }", "operationName": "A" }),
        json!({ "query": "query($n: String!) { clients(name: $n) { id } }", "variables": { "n": "sandbox" } }),
    ] {
        let answer = reader.send(&body).expect(200);
        assert!(answer["data"]["clients"].is_array(), "{answer}");
    }
}

#[test]
fn what_the_schema_does_not_know_is_a_bad_request_with_a_place() {
    let sandbox = Sandbox::start();
    let reader = session(&sandbox, "auditor");
    let refused = |document: &str| {
        let answer = reader.send(&json!({ "query": document })).expect(400);
        assert_eq!(answer.get("data"), None, "{answer}");
        answer["errors"].clone()
    };
    let errors = refused("{ clients { x } }");
    assert_eq!(errors[0]["message"], r#"Cannot query field "x" on type "Client"."#);
    assert_eq!(errors[0]["locations"], json!([{ "line": 1, "column": 13 }]));
    assert_eq!(refused("{ nothing }")[0]["message"], r#"Cannot query field "nothing" on type "Query"."#);
    for document in [
        "{ clients { id ",
        "",
        "{ threatIntelligence(objectType: nothing) { total_results } }",
        "{ clients(colour: 1) { id } }",
        "query($a: String!) { clients { id } }",
        "{ reputation { __typename } }",
        "subscription { clients { id } }",
    ] {
        let errors = refused(document);
        assert!(errors[0]["message"].is_string(), "{document}: {errors}");
    }
    let body = json!({ "query": "query($n: String!) { clients(name: $n) { id } }", "variables": {} });
    reader.send(&body).expect(400);
    reader.send(&json!({ "variables": {} })).expect(400);
}

#[test]
fn a_part_that_fails_leaves_the_others_alone() {
    let sandbox = Sandbox::start();
    let answer = session(&sandbox, "auditor")
        .run(r#"{ bad: searchIndicators(input: { query: "nonsense" }) { page } good: clients { name } }"#);
    assert_eq!(answer["data"]["bad"], Value::Null);
    assert!(!answer["data"]["good"].as_array().unwrap().is_empty(), "{answer}");
    assert_eq!(answer["errors"][0]["path"], json!(["bad"]));
    assert_eq!(answer["errors"][1], json!({ "Offset": 0 }));
}

#[test]
fn introspection_answers_what_the_vendors_sdk_asks_first() {
    let sandbox = Sandbox::start();
    let depth = "ofType { kind name ".repeat(7) + &"}".repeat(7);
    let answer = session(&sandbox, "auditor").data(&format!(
        "query {{ __schema {{ queryType {{ name }} mutationType {{ name }} subscriptionType {{ name }}
           types {{ kind name description
             fields(includeDeprecated: true) {{ name isDeprecated deprecationReason
               args(includeDeprecated: true) {{ ...value }} type {{ ...type }} }}
             inputFields(includeDeprecated: true) {{ ...value }}
             interfaces {{ name }} enumValues(includeDeprecated: true) {{ name isDeprecated }} possibleTypes {{ name }} }}
           directives {{ name locations args(includeDeprecated: true) {{ ...value }} }} }} }}
         fragment value on __InputValue {{ name type {{ ...type }} defaultValue isDeprecated deprecationReason }}
         fragment type on __Type {{ kind name {depth} }}"
    ));
    let schema = &answer["__schema"];
    assert_eq!((&schema["queryType"]["name"], &schema["subscriptionType"]), (&json!("Query"), &Value::Null));
    let types = schema["types"].as_array().unwrap();
    let client = types.iter().find(|each| each["name"] == "Client").unwrap();
    let field = |name: &str| client["fields"].as_array().unwrap().iter().find(|each| each["name"] == name).unwrap();
    assert_eq!(field("client_id")["isDeprecated"], true);
    assert_eq!(field("clientID")["isDeprecated"], false);
    let results = types.iter().find(|each| each["name"] == "Results").unwrap();
    assert_eq!(results["possibleTypes"].as_array().unwrap().len(), 4);
}

/// Every operation of the schema, asked for as little as it allows.
#[test]
fn every_operation_answers() {
    let sandbox = Sandbox::start();
    let administrator = administrator(&sandbox);
    let id = administrator.one("{ threatIntelligence(objectType: indicator) { intel { indicators { id } } } }")["intel"]
        ["indicators"][0]["id"]
        .clone();
    let client = administrator.one(r#"mutation { createClient(name: "x") { client { id } } }"#)["client"]["id"].clone();
    let analyst = "a4903f9f-465b-478f-a24e-82fa2e129d2e";
    let documents = [
        format!("{{ client(id: {client}) {{ name }} }}"),
        "{ clients { name } }".to_owned(),
        "{ clientsSearch { totalCount } }".to_owned(),
        r#"{ searchIndicators(input: { query: "from byoti_indicator" }) { total_pages } }"#.to_owned(),
        "{ getIndicators { total_pages } }".to_owned(),
        "{ paginateIndicators { cursor } }".to_owned(),
        format!("{{ threatIndicators(ids: [{id}]) {{ name }} }}"),
        format!("{{ threatIndicatorIntelligence(ID: {id}) {{ indicator {{ name }} }} }}"),
        format!("{{ threatIndicatorsIntelligence(ID: [{id}]) {{ indicator {{ name }} }} }}"),
        format!("{{ threatIndicatorPublications(ID: {id}) {{ name }} }}"),
        "{ threatIntelligence(objectType: all) { total_results } }".to_owned(),
        "{ threatWatchlist(type: IP) { source_ref } }".to_owned(),
        "{ threatTimsMalwareFiles { has_more } }".to_owned(),
        r#"{ threatPublications(text: "x") { Name } }"#.to_owned(),
        r#"{ threatPublicationsSearch(text: ["x"]) { Name } }"#.to_owned(),
        "{ threatLatestPublications(from: 0, size: 1) { Name } }".to_owned(),
        r#"{ reputation(indicators: [{ indicator: "x" }]) { __typename } }"#.to_owned(),
        r#"{ reputationSummaries(indicators: [{ indicator: "x" }]) { summary } }"#.to_owned(),
        "{ riskyIndicators(arguments: {}) { __typename } }".to_owned(),
        format!("mutation {{ rotateClientSecret(id: {client}) {{ clientSecret }} }}"),
        format!("mutation {{ forceRotateClientSecret(id: {client}) {{ clientSecret }} }}"),
        format!(r#"mutation {{ appendClientRoles(id: {client}, roles: ["{analyst}"]) {{ roles }} }}"#),
        format!(r#"mutation {{ removeClientRoles(id: {client}, roles: ["{analyst}"]) {{ roles }} }}"#),
        format!("mutation {{ deleteClient(id: {client}) {{ name }} }}"),
        "mutation { upsertIndicators(input: []) { rejected_indicators { reason } } }".to_owned(),
        r#"mutation { deleteIndicators(query: "from byoti_indicator where id = 'x'") { status } }"#.to_owned(),
    ];
    let mut asked: Vec<String> = vec!["createClient".to_owned()];
    for document in &documents {
        let data = administrator.data(document);
        let (name, value) = data.as_object().unwrap().iter().next().unwrap();
        assert!(!value.is_null(), "{document}");
        asked.push(name.clone());
    }
    let roots = administrator.data(
        "{ __schema { queryType { fields(includeDeprecated: true) { name } }
                                     mutationType { fields(includeDeprecated: true) { name } } } }",
    );
    let names = |root: &str| super::each(&roots["__schema"][root]["fields"], "name").into_iter().map(str::to_owned);
    let mut served: Vec<String> = names("queryType").chain(names("mutationType")).collect();
    served.sort_unstable();
    asked.sort_unstable();
    assert_eq!(asked, served);
}

#[test]
fn a_long_and_deep_document_is_no_trouble() {
    let sandbox = Sandbox::start();
    let many: String = (0..500)
        .map(|index| {
            format!(
            "a{index}: reputation(indicators: [{{ indicator: \"198.51.100.200\" }}]) {{ ... on ThreatContextIPInfo {{
             virustotal_results {{ data {{ attributes {{ last_https_certificate {{ extensions {{ ca_information_access
             {{ OCSP }} }} }} last_analysis_stats {{ malicious }} }} }} }} }} }}\n"
        )
        })
        .collect();
    let answer = session(&sandbox, "auditor").data(&format!("{{ {many} }}"));
    let attributes = &answer["a499"][0]["virustotal_results"]["data"]["attributes"];
    assert_eq!(attributes["last_analysis_stats"]["malicious"], 1);
}
