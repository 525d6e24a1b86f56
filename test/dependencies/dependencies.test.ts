import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkInstalled, checkLockfile, type Lockfile, type Manifest } from "./check-lockfile.ts";
import { readAudit } from "./read-audit.ts";

const HASH = `sha512-${"A".repeat(86)}==`;
const good = { version: "1.0.0", integrity: HASH, license: "MIT" };
const manifest: Manifest = { dependencies: { a: "1.0.0" }, allowScripts: { esbuild: true, other: false } };
const lock = (packages: Lockfile["packages"]): Lockfile => ({
	lockfileVersion: 3,
	packages: {
		"": {},
		"src/cli": {},
		"node_modules/cli": { resolved: "src/cli", link: true },
		"node_modules/a": good,
		...packages,
	},
});
const check = (packages: Lockfile["packages"], ofManifest = manifest) => checkLockfile(lock(packages), ofManifest);

describe("the lockfile's check", () => {
	it("finds nothing wrong with packages of the registry that have hashes", () => {
		expect(check({})).toEqual([]);
		const resolved = "https://registry.npmjs.org/b/-/b-1.0.0.tgz";
		expect(check({ "node_modules/a/node_modules/@s/b": { ...good, resolved } })).toEqual([]);
		expect(
			check({ "node_modules/esbuild": { ...good, hasInstallScript: true, dev: true, license: "MPL-2.0" } }),
		).toEqual([]);
	});

	it.each([
		["git+ssh://git@github.com/x/b.git#abc", "comes from"],
		["https://codeload.github.com/x/b/tar.gz/abc", "comes from"],
		["http://registry.npmjs.org/b/-/b-1.0.0.tgz", "comes from"],
		["https://registry.npmjs.org.evil.example/b.tgz", "comes from"],
		["file:../b", "comes from"],
	])("finds a package that comes from elsewhere: %s", (resolved, problem) => {
		expect(check({ "node_modules/b": { ...good, resolved } })).toEqual([
			expect.stringContaining(`node_modules/b: ${problem}`),
		]);
	});

	it.each([undefined, "", "sha1-AAAA", HASH.slice(0, -3), `${HASH} sha1-AAAA`])(
		"finds a package without its hash: %s",
		(integrity) => {
			const { integrity: _, ...rest } = good;
			const locked = integrity === undefined ? rest : { ...rest, integrity };
			expect(check({ "node_modules/b": locked })).toEqual(["node_modules/b: has no SHA-512"]);
		},
	);

	it.each(["b", "other", "a/node_modules/@esbuild/b"])(
		"finds an install script that is not allowed by name: %s",
		(path) => {
			const problems = check({ [`node_modules/${path}`]: { ...good, hasInstallScript: true } });
			expect(problems).toEqual([expect.stringContaining("runs a script")]);
		},
	);

	it.each([undefined, "GPL-3.0", "MPL-2.0", "MIT OR GPL-3.0", "SEE LICENSE IN LICENSE"])(
		"finds a licence that is not on the list: %s",
		(license) => {
			const { license: _, ...rest } = good;
			const locked = license === undefined ? rest : { ...rest, license };
			expect(check({ "node_modules/b": locked })).toEqual([expect.stringContaining("has the licence")]);
			expect(check({ "node_modules/b": { ...locked, dev: true } })).toEqual([]);
		},
	);

	it.each(["^1.0.0", "~1.0.0", "latest", "*", "1.x", "github:x/a", ">=1.0.0 <2.0.0"])(
		"finds a version of ours that is not one: %s",
		(version) => {
			expect(check({}, { devDependencies: { a: version } })).toEqual([expect.stringContaining("is not one version")]);
		},
	);

	it("finds what is not locked at all, and a lockfile of another form", () => {
		expect(check({}, { dependencies: { c: "1.0.0" } })).toEqual(["c: is not in the lockfile"]);
		expect(checkLockfile({ ...lock({}), lockfileVersion: 2 }, manifest)).toHaveLength(1);
	});

	it("finds what is installed and is not what is locked", () => {
		const other = { ...good, integrity: `sha512-${"B".repeat(86)}==` };
		expect(checkInstalled(lock({ "node_modules/b": good }), lock({ "node_modules/b": other }))).toHaveLength(1);
		expect(checkInstalled(lock({ "node_modules/b": good }), lock({}))).toHaveLength(1);
		// Packages for other systems are locked and not installed.
		expect(checkInstalled(lock({}), lock({ "node_modules/b": good }))).toEqual([]);
	});
});

describe("the advisories", () => {
	const report = (...severities: readonly string[]) =>
		JSON.stringify({
			auditReportVersion: 2,
			vulnerabilities: Object.fromEntries(
				severities.map((severity, index) => [index, { name: `p${index}`, severity }]),
			),
		});

	it("are none where a report names none that is high", () => {
		expect(readAudit(report())).toEqual({ kind: "none" });
		expect(readAudit(report("low", "moderate", "info"))).toEqual({ kind: "none" });
	});

	it("are named, the worst first", () => {
		expect(readAudit(report("high", "low", "critical"))).toEqual({
			kind: "found",
			packages: ["p2 (critical)", "p0 (high)"],
		});
	});

	it.each([
		["", "no JSON"],
		["null", "no report"],
		["{}", "no report"],
		['{"auditReportVersion":2}', "no report"],
		[
			'{"message":"405 Method Not Allowed - POST https://registry.npmjs.org/-/npm/v1/security/advisories/bulk","statusCode":405}',
			"405",
		],
		['{"message":"request failed, reason: connect ECONNREFUSED","error":{"summary":""}}', "ECONNREFUSED"],
	])("are not known where the registry tells none: %s", (output, why) => {
		expect(readAudit(output)).toEqual({ kind: "not-checked", why: expect.stringContaining(why) });
	});
});

describe("continuous integration", () => {
	it("installs what is locked, and checks the lockfile and the advisories", () => {
		expect(readFileSync(".ci/run", "utf8")).toMatch(/^npm ci .*\n(?:.*\n)*npm test$/mu);
		const checks = readFileSync("test/run-all.ts", "utf8");
		expect(checks).toContain("test/dependencies/main.ts");
		expect(checks).toContain("test/dependencies/audit.ts");
	});
});
