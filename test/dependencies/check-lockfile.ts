/** One package of npm's lockfile, version 3 (docs.npmjs.com, "package-lock.json"), as far as the checks read it. */
interface LockedPackage {
	readonly version?: string;
	/** Where it came from; absent: from the registry, which npm leaves out under `omit-lockfile-registry-resolved`. */
	readonly resolved?: string;
	readonly integrity?: string;
	readonly license?: string;
	/** Needed by development alone. */
	readonly dev?: boolean;
	/** A workspace of this repository. */
	readonly link?: boolean;
	readonly hasInstallScript?: boolean;
}

export interface Lockfile {
	readonly lockfileVersion: number;
	readonly packages: Readonly<Record<string, LockedPackage>>;
}

/** A package of ours, as far as the checks read it. */
export interface Manifest {
	readonly dependencies?: Readonly<Record<string, string>>;
	readonly devDependencies?: Readonly<Record<string, string>>;
	/** The packages whose install scripts may run, by name. */
	readonly allowScripts?: Readonly<Record<string, boolean>>;
}

const REGISTRY = "https://registry.npmjs.org/";
/** Base64 of 64 bytes. */
const SHA512 = /^sha512-[A-Za-z0-9+/]{86}==$/u;
const EXACT_VERSION = /^\d+\.\d+\.\d+(?:-[\w.-]+)?$/u;
/** Licences of what is shipped that ask no more than a notice, and one that asks nothing. */
const LICENCES: ReadonlySet<string> = new Set(["Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "0BSD"]);

/**
 * What is wrong with the packages that a lockfile names, a sentence each; empty where nothing is. Needs no network. Of all
 * packages: from the registry, and with a hash that npm checks what it fetches against; an install script only where the
 * manifest allows it by name. Of those that are no mere development tools: a licence of the list. And what we name ourselves
 * is named by one version, so that a new one comes by a change of ours.
 */
export function checkLockfile({ lockfileVersion, packages }: Lockfile, manifest: Manifest): readonly string[] {
	if (lockfileVersion !== 3) return [`the lockfile has version ${lockfileVersion}, and 3 is what is checked`];
	const locked = Object.entries(packages).filter(([path, { link }]) => path.includes("node_modules/") && link !== true);
	const named = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
	return [
		...locked.flatMap(([path, each]) =>
			problemsOf(each, manifest.allowScripts?.[nameOf(path)] === true).map((problem) => `${path}: ${problem}`),
		),
		...named
			.filter(([, version]) => !EXACT_VERSION.test(version))
			.map(([name, version]) => `${name}: is named as '${version}', which is not one version`),
		...named
			.filter(([name]) => packages[`node_modules/${name}`] === undefined)
			.map(([name]) => `${name}: is not in the lockfile`),
	];
}

function problemsOf(
	{ resolved, integrity, license, dev = false, hasInstallScript = false }: LockedPackage,
	mayRunScript: boolean,
): readonly string[] {
	const problems: string[] = [];
	if (resolved !== undefined && !resolved.startsWith(REGISTRY))
		problems.push(`comes from ${resolved}, not the registry`);
	if (integrity === undefined || !SHA512.test(integrity)) problems.push("has no SHA-512");
	if (hasInstallScript && !mayRunScript)
		problems.push("runs a script when it is installed, which 'allowScripts' does not name");
	if (!dev && !LICENCES.has(license ?? ""))
		problems.push(`has the licence ${license ?? "(none)"}, which is not on the list`);
	return problems;
}

/** `node_modules/a/node_modules/@b/c` is `@b/c`. */
function nameOf(path: string): string {
	return path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
}

/** What npm has installed and is not what the lockfile names. `installed`: npm's own record, in `node_modules`. */
export function checkInstalled(installed: Lockfile, { packages }: Lockfile): readonly string[] {
	return Object.entries(installed.packages)
		.filter(
			([path, { link, integrity }]) =>
				link !== true && path.includes("node_modules/") && integrity !== packages[path]?.integrity,
		)
		.map(([path]) => `${path}: is not installed as the lockfile has it; run npm ci`);
}
