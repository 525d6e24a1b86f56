import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";

const PLACES = [
	"/usr/bin/chromium",
	"/usr/bin/chromium-browser",
	"/usr/bin/google-chrome",
	"/usr/bin/google-chrome-stable",
] as const;

/** No service of the browser's maker is asked for anything, which a closed network would answer with errors. */
const QUIET = [
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
] as const;

const INSTALLING_MS = 300_000;

/**
 * A vitest global setup: installs Chromium once before any browser test where there is none. A test that needs a browser
 * never passes, nor is skipped, for the lack of one: it fails with what to do.
 */
export default function installChromium(): void {
	if (findChromium() !== undefined) return;
	console.log("Chromium is not installed: installing Debian's");
	const asRoot = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
	for (const step of [
		["apt-get", "update", "-qq"],
		["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
	]) {
		const [command = "", ...args] = [...asRoot, ...step];
		const { status, error } = spawnSync(command, args, {
			stdio: ["ignore", "ignore", "inherit"],
			env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
			timeout: INSTALLING_MS,
		});
		if (status !== 0) throw new Error(`${missing()} \`${[command, ...args].join(" ")}\` failed: ${error ?? status}.`);
	}
	if (findChromium() === undefined) throw new Error(missing());
}

/** Starts Chromium with an empty profile of its own. Throws where there is no Chromium. */
export async function launchChromium(): Promise<Browser> {
	const executablePath = findChromium();
	if (executablePath === undefined) throw new Error(missing());
	// The sandbox needs rights that a container's root does not have; pages here are our own.
	return chromium.launch({ executablePath, chromiumSandbox: false, args: [...QUIET] });
}

function findChromium(): string | undefined {
	const named = process.env["CHROMIUM_PATH"];
	if (named !== undefined && named !== "") {
		if (!existsSync(named)) throw new Error(`CHROMIUM_PATH names ${named}, which does not exist`);
		return named;
	}
	return PLACES.find(isExecutable);
}

function isExecutable(file: string): boolean {
	try {
		accessSync(file, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}

function missing(): string {
	return "The browser tests need Chromium: install it (Debian: apt-get install chromium), or name it in CHROMIUM_PATH.";
}
