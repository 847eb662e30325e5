// The command line itself: help, options, configuration, and what it says when something of it cannot be used.

import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { packaged } from "../support/project.mjs";
import { configFile, folder, ioc } from "./command.mjs";
import { startSandbox, threatqConfig } from "./sandbox.mjs";

const { fromEnvironment } = await import(pathToFileURL(packaged("cli/environment.js")).href);
const COMMANDS = ["lookup", "extract", "refang", "defang", "token", "check", "watchlist build", "watchlist match", "watchlist info"];

let sandbox;
let config;
before(async () => {
  sandbox = await startSandbox();
  config = await configFile(threatqConfig(sandbox));
});
after(() => sandbox?.stop());

/** Nothing but one line on standard error, and exit code 2. */
function assertMisused({ code, out, err }, words) {
  assert.equal(out, "");
  assert.match(err, /^ioc-lookup: [^\n]+\n$/);
  assert.match(err, words);
  assert.equal(code, 2);
}

describe("help", () => {
  test("names every command, every exit code and every place for a configuration", async () => {
    const { code, out, err } = await ioc(["--help"]);
    assert.deepEqual([code, err], [0, ""]);
    for (const word of [...COMMANDS, "130", "141", "--config", "IOC_LOOKUP_CONFIG", "THREATQ_", "QRADAR_", "TAEGIS_", "NO_COLOR"]) {
      assert.ok(out.includes(word), word);
    }
  });

  for (const command of COMMANDS) {
    test(`of ${command} tells its usage and its options, however it is asked`, async () => {
      const { code, out } = await ioc([...command.split(" "), "--help"]);
      assert.equal(code, 0);
      assert.ok(out.startsWith(`Usage: ioc-lookup ${command}`), out);
      assert.match(out, /-h, --help/);
      assert.equal((await ioc(["help", ...command.split(" ")])).out, out);
    });
  }

  test("--version is the version of the package", async () => {
    const { version } = JSON.parse(await readFile(packaged("package.json"), "utf8"));
    assert.deepEqual(await ioc(["--version"]), { code: 0, out: `${version}\n`, err: "" });
  });
});

describe("what cannot be understood is told in one line, with exit code 2:", () => {
  const wrong = [
    ["no command", [], /which command/],
    ["an unknown command", ["lokup"], /no command "lokup"/],
    ["half a command", ["watchlist"], /watchlist build, watchlist match, watchlist info/],
    ["an unknown option", ["lookup", "--colour", "x"], /no option --colour/],
    ["an unknown short option", ["extract", "-z"], /no option -z/],
    ["an option without its value", ["lookup", "x", "--format"], /--format needs a value/],
    ["an option in place of a value", ["lookup", "--config", "--quiet", "x"], /--config needs a value/],
    ["a value where none belongs", ["extract", "--unique=yes"], /--unique takes no value/],
    ["a format that is none", ["lookup", "--format", "xml", "x"], /--format is one of table, json, ndjson, csv, stix, ecs, ocsf/],
    ["a number that is none", ["lookup", "--timeout", "soon", "x"], /--timeout is a whole number/],
    ["values and standard input", ["lookup", "a.example", "-"], /either values, or `-` alone/],
    ["a missing file", ["extract", "/nowhere/log.txt"], /there is no file \/nowhere\/log\.txt/],
    ["a folder as a file", ["extract", "/"], /\/ is a folder/],
    ["a missing configuration", ["lookup", "--config", "/nowhere.json", "x"], /there is no file \/nowhere\.json/],
    ["no configuration at all", ["lookup", "x"], /no platform is configured/],
    ["a watchlist that is not named", ["watchlist", "info"], /which watchlist/],
    ["a watchlist without a place to go", ["watchlist", "build", "-"], /--output LIST/],
  ];
  for (const [what, args, words] of wrong) test(what, async () => assertMisused(await ioc(args), words));

  test("the second of two files is missing: nothing of the first is printed", async () => {
    const file = join(await folder(), "text");
    await writeFile(file, "http://bad.example/");
    assertMisused(await ioc(["extract", file, "/nowhere"]), /no file \/nowhere/);
  });
});

describe("secrets", () => {
  for (const option of ["--password", "--client-secret", "--access-token", "--sec-token"]) {
    test(`${option} is refused and its value not repeated`, async () => {
      for (const args of [[option, "geheim-geheim"], [`${option}=geheim-geheim`]]) {
        const told = await ioc(["lookup", "x", ...args]);
        assertMisused(told, /everybody on this machine can read a secret/);
        assert.ok(!told.err.includes("geheim"));
      }
    });
  }

  for (const mode of [0o640, 0o604, 0o644, 0o660]) {
    test(`a configuration of mode ${mode.toString(8)} is refused`, async () => {
      const file = await configFile(threatqConfig(sandbox), { mode });
      assertMisused(await ioc(["token", "--config", file]), /can be read by others: chmod 600/);
    });
  }

  for (const [how, text] of [
    ["not closed", '{\n  "platform": "threatq",\n  "auth": { "clientSecret": "geheim-geheim" '],
    ["a comma too many", '{\n  "auth": { "clientSecret": "geheim-geheim", }\n}'],
    ["no JSON at all", "clientSecret=geheim-geheim"],
  ]) {
    test(`broken JSON (${how}) is told with its place and without its content`, async () => {
      const told = await ioc(["token", "--config", await configFile(text)]);
      assertMisused(told, /is no JSON/);
      assert.ok(!told.err.includes("geheim"));
    });
  }

  test("a platform that refuses a secret is told without it", async () => {
    const { clientId } = threatqConfig(sandbox).auth;
    const file = await configFile(threatqConfig(sandbox, { auth: { grant: "client_credentials", clientId, clientSecret: "geheim-geheim" } }));
    const { code, out, err } = await ioc(["lookup", "bad.example", "--config", file]);
    assert.equal(code, 1);
    assert.match(err, /token_client_rejected/);
    assert.ok(!`${out}${err}`.includes("geheim"));
  });
});

describe("configuration", () => {
  const token = (args, env) => ioc(["token", ...args], { env });

  const variables = () => {
    const { baseUrl, privateClientId, privateClientSecret } = sandbox.threatq;
    return { THREATQ_URL: baseUrl, THREATQ_CLIENT_ID: privateClientId, THREATQ_CLIENT_SECRET: privateClientSecret, THREATQ_ALLOW_INSECURE_LOOPBACK: "1" };
  };

  test("comes from --config, from IOC_LOOKUP_CONFIG, from the usual place, from variables", async () => {
    const home = await folder();
    await mkdir(join(home, ".config/ioc-lookup"), { recursive: true });
    await writeFile(join(home, ".config/ioc-lookup/config.json"), JSON.stringify(threatqConfig(sandbox)), { mode: 0o600 });
    for (const [args, env] of [
      [["--config", config], {}],
      [[], { IOC_LOOKUP_CONFIG: config }],
      [[], { HOME: home }],
      [[], { XDG_CONFIG_HOME: join(home, ".config") }],
      [[], variables()],
    ]) {
      const { code, out, err } = await token(args, env);
      assert.deepEqual([code, err], [0, ""], JSON.stringify(args));
      assert.match(out, /^[\x21-\x7e]+\n$/);
    }
  });

  test("in variables says the same as in a file, for every platform", () => {
    const client = { clientId: "id", clientSecret: "secret" };
    const credentials = (prefix) => ({ [`${prefix}_CLIENT_ID`]: "id", [`${prefix}_CLIENT_SECRET`]: "secret" });
    const baseUrl = "https://console.example";
    const sec = { QRADAR_URL: baseUrl, QRADAR_SEC_TOKEN: "s", QRADAR_REFERENCE_SETS: "Bad IPs, Bad Hosts" };
    const app = { QRADAR_URL: baseUrl, ...credentials("QRADAR"), QRADAR_TOKEN_URL: "https://token.example", QRADAR_API_VERSION: "26.0" };
    const grant = { grant: "client_credentials", ...client };
    const cases = [
      [{ THREATQ_URL: baseUrl, ...credentials("THREATQ"), THREATQ_API_TYPE: "beta" }, { platform: "threatq", baseUrl, apiType: "beta", auth: grant }],
      [{ THREATQ_URL: baseUrl, THREATQ_REFRESH_TOKEN: "r" }, { platform: "threatq", baseUrl, auth: { grant: "refresh_token", refreshToken: "r" } }],
      [sec, { platform: "qradar", baseUrl, referenceSets: ["Bad IPs", "Bad Hosts"], auth: { secToken: "s" } }],
      [app, { platform: "qradar", baseUrl, apiVersion: "26.0", auth: { ...grant, tokenUrl: "https://token.example" } }],
      [{ TAEGIS_REGION: "us1", ...credentials("TAEGIS"), TAEGIS_TENANT_ID: "7" }, { platform: "taegis", region: "us1", tenantId: "7", auth: grant }],
      [{ TAEGIS_URL: baseUrl, TAEGIS_ACCESS_TOKEN: "t", TAEGIS_CLIENT_ID: "" }, { platform: "taegis", baseUrl, auth: { accessToken: "t" } }],
    ];
    for (const [variables, configuration] of cases) assert.deepEqual(fromEnvironment(variables), [configuration]);
    assert.deepEqual(fromEnvironment(Object.assign({}, ...cases.map(([variables]) => variables))).map(({ platform }) => platform), ["threatq", "qradar", "taegis"]);
  });

  test("of a person's account in variables: e-mail and password", async () => {
    const { email, password, clientId } = sandbox.threatq;
    const { THREATQ_CLIENT_SECRET: _, ...rest } = variables();
    const { code } = await token([], { ...rest, THREATQ_EMAIL: email, THREATQ_PASSWORD: password, THREATQ_CLIENT_ID: clientId });
    assert.equal(code, 0);
  });

  test("with variables but no credential says which are missing", async () => {
    const { THREATQ_CLIENT_SECRET: _, ...rest } = variables();
    assertMisused(await token([], rest), /THREATQ_CLIENT_SECRET/);
  });

  test("that createClient refuses is told with the name of the member", async () => {
    const file = await configFile({ ...threatqConfig(sandbox), auth: { grant: "client_credentials", clientId: "x" } });
    assertMisused(await token(["--config", file]), /client threatq: .*config_invalid: auth\.clientSecret/);
  });

  test("over http is refused, save on this machine and on demand", async () => {
    const { allowInsecureLoopback: _, ...rest } = threatqConfig(sandbox);
    assertMisused(await token(["--config", await configFile(rest)]), /insecure_url/);
  });

  test("of several clients: --client chooses by name or platform", async () => {
    const file = await configFile({ clients: [threatqConfig(sandbox, { name: "first" }), threatqConfig(sandbox, { name: "second" })] });
    assertMisused(await token(["--config", file]), /--client is one of first, second/);
    assert.equal((await token(["--config", file, "--client", "second"])).code, 0);
    assertMisused(await token(["--config", file, "--client", "third"]), /has no client third/);
    assert.equal(JSON.parse((await ioc(["check", "--config", file, "--client", "threatq", "--format", "json"])).out).length, 2);
  });

  test("--tokens keeps the token for the next run, and nobody else can read it", async () => {
    const tokens = join(await folder(), "tokens");
    const first = await token(["--config", config, "--tokens", tokens]);
    await sandbox.requests();
    const second = await token(["--config", config, "--tokens", tokens]);
    assert.deepEqual(second, first);
    assert.deepEqual(await sandbox.requests(), []);
  });
});

describe("token and check", () => {
  test("token --format json tells what createClient's token() tells", async () => {
    const { out } = await ioc(["token", "--config", config, "--format", "json"]);
    assert.deepEqual(Object.keys(JSON.parse(out)).slice(0, 4).sort(), ["accessToken", "assumedLifetime", "expiresAt", "tokenType"]);
  });

  test("token --header is a header that the platform accepts", async () => {
    const { out } = await ioc(["token", "--config", config, "--header"]);
    const [name, value] = out.trimEnd().split(": ");
    const { status } = await fetch(`${sandbox.threatq.baseUrl}/api/indicators`, { headers: { [name]: value } });
    assert.equal(status, 200);
  });

  test("check ends with 0 when everything works, and with 1 and advice when it does not", async () => {
    const good = await ioc(["check", "--config", config]);
    assert.equal(good.code, 0);
    assert.match(good.out, /^threatq +api +ok$/m);
    const bad = await ioc(["check", "--config", await configFile(threatqConfig(sandbox, { auth: { ...threatqConfig(sandbox).auth, clientId: "wrong" } }))]);
    assert.equal(bad.code, 1);
    assert.match(bad.out, /^threatq +clientId +failed +Client id or secret is wrong/m);
  });
});
