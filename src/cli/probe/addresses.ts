import { err, ok, type Result } from "../../core/result.ts";
import type { ProbedModel } from "./probed-models.ts";

/** Where a model is asked. */
export interface Address {
	/** What a model's name, or `/chat/completions`, is added to; without a trailing slash. */
	readonly url: string;
	/** Sent as a bearer token; undefined where none is set. Never to be shown. */
	readonly key: string | undefined;
}

/** What the command line says about addresses. */
export interface AddressOptions {
	readonly workersAiUrl?: string | undefined;
	/** Each `name=https://host/v1`. */
	readonly origin?: readonly string[] | undefined;
	/** Everything at a running `npm start`, where no other option says otherwise. */
	readonly local?: boolean | undefined;
}

/** The address of a model, or why there is none. */
export type FindAddress = (model: Pick<ProbedModel, "adapter" | "origin">) => Result<Address, string>;

const LOCAL_ORIGIN = "http://127.0.0.1:8788";
/** Of the local origin, which guards nothing. */
const LOCAL_KEY = "local-origin-key";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the options and the environment: `CLOUDFLARE_ACCOUNT_ID`, `CLOUDFLARE_API_TOKEN`, and `ORIGIN_<NAME>_KEY` of each
 * origin. Fails with the option that cannot be read.
 */
export function readAddresses(options: AddressOptions, environment: Environment): Result<FindAddress, string> {
	const origins = new Map<string, Address>();
	const { local } = options;
	if (local === true) origins.set("local", { url: `${LOCAL_ORIGIN}/v1`, key: LOCAL_KEY });
	for (const text of options.origin ?? []) {
		const [, name = "", url = ""] = /^([^=]+)=(.+)$/u.exec(text) ?? [];
		const own = environment[originKeyName(name)];
		// With another port than the usual one, it is still the local origin.
		const isLocalOrigin = local === true && name === "local" && isLoopback(url);
		const address = addressOf(url, own ?? (isLocalOrigin ? LOCAL_KEY : undefined));
		if (!address.ok)
			return err(
				`--origin ${text}: ${name === "" ? "must be a name and an address: gpu=https://host/v1" : address.error}`,
			);
		origins.set(name, address.value);
	}
	const workersAi = workersAiAddress(options, environment);
	if (!workersAi.ok && options.workersAiUrl !== undefined) return err(`--workers-ai-url: ${workersAi.error}`);
	return ok(({ adapter, origin = "" }) => {
		if (adapter === "workers-ai") return workersAi;
		const address = origins.get(origin);
		return address === undefined ? err(`no address: give --origin ${origin}=https://…/v1`) : ok(address);
	});
}

/** The environment variable of an origin's key: `gpu-1` has `ORIGIN_GPU_1_KEY`. */
export function originKeyName(origin: string): string {
	return `ORIGIN_${origin.toUpperCase().replaceAll(/[-.]/gu, "_")}_KEY`;
}

function workersAiAddress({ workersAiUrl, local }: AddressOptions, environment: Environment): Result<Address, string> {
	const token = environment["CLOUDFLARE_API_TOKEN"];
	if (workersAiUrl !== undefined) {
		// With another port than the usual one, it is still the local origin; the account's token is not for it.
		return addressOf(workersAiUrl, local === true && isLoopback(workersAiUrl) ? LOCAL_KEY : token);
	}
	if (local === true) return ok({ url: `${LOCAL_ORIGIN}/client/v4/accounts/local/ai/run`, key: LOCAL_KEY });
	const account = environment["CLOUDFLARE_ACCOUNT_ID"];
	if (account === undefined || token === undefined)
		return err("no address: set CLOUDFLARE_ACCOUNT_ID and CLOUDFLARE_API_TOKEN, or give --workers-ai-url");
	return addressOf(`https://api.cloudflare.com/client/v4/accounts/${encodeURIComponent(account)}/ai/run`, token);
}

function isLoopback(text: string): boolean {
	const { hostname } = URL.canParse(text) ? new URL(text) : { hostname: "" };
	return hostname === "127.0.0.1" || hostname === "localhost" || hostname === "[::1]";
}

function addressOf(text: string, key: string | undefined): Result<Address, string> {
	if (!URL.canParse(text)) return err("is not a URL");
	const { protocol, username, password, search, hash, href } = new URL(text);
	if (protocol !== "https:" && protocol !== "http:") return err("must begin with https:// or http://");
	if (username !== "" || password !== "" || search !== "" || hash !== "")
		return err("must hold no user name, password, query or fragment");
	if (protocol === "http:" && !isLoopback(text) && key !== undefined)
		return err("must begin with https://: over http:// the key could be read on the way");
	return ok({ url: href.replace(/\/+$/u, ""), key: key === "" ? undefined : key });
}
