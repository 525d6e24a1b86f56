import { isJsonObject, parseJson, type JsonObject } from "../core/json.ts";

/** The local environment's key; no other environment knows it. */
export const LOCAL_DEMO_KEY = "cascade-local-demo";

interface AskOptions {
	readonly url: string;
	readonly key?: string;
	readonly model: string;
	readonly system?: string;
	readonly route: string;
	readonly json?: boolean;
}

/** `cascade ask PROMPT`: the answer, then how it came to be. */
export async function ask(prompt: string, options: AskOptions): Promise<0 | 1> {
	const key = options.key ?? process.env["CASCADE_API_KEY"] ?? LOCAL_DEMO_KEY;
	const messages = [
		...(options.system === undefined ? [] : [{ role: "system", content: options.system }]),
		{ role: "user", content: prompt.replaceAll("\\n", "\n") },
	];
	let response: Response;
	try {
		response = await fetch(`${options.url.replace(/\/+$/u, "")}/v1/chat/completions`, {
			method: "POST",
			headers: {
				authorization: `Bearer ${key}`,
				"content-type": "application/json",
				...(options.route === "auto" ? {} : { "x-cascade-route": options.route }),
			},
			body: JSON.stringify({ model: options.model, messages, temperature: 0 }),
		});
	} catch {
		process.stderr.write(`Nothing answers at ${options.url}; is the Worker running? \`npm start\` runs it here.\n`);
		return 1;
	}
	const body = parseJson(await response.text());
	if (!response.ok || !isJsonObject(body)) {
		const error = isJsonObject(body) && isJsonObject(body["error"]) ? body["error"]["message"] : "no JSON came back";
		process.stderr.write(`${response.status}: ${String(error)}\n`);
		return 1;
	}
	process.stdout.write(options.json === true ? `${JSON.stringify(body, null, 2)}\n` : `${describe(body)}\n`);
	return 0;
}

function describe(body: JsonObject): string {
	const [choice] = body["choices"] as { message: { content: string | null } }[];
	const cascade = body["cascade"] as {
		trail: {
			stage: string;
			outcome: string;
			reason: string;
			confidence: number | null;
			threshold: number | null;
			detail?: string;
		}[];
		costUsd: number | null;
		savedUsd: number | null;
	};
	const lines = cascade.trail.map(({ stage, outcome, reason, confidence, threshold, detail }) => {
		const reading =
			confidence === null || threshold === null ? "" : `, confidence ${confidence.toFixed(4)} against ${threshold}`;
		return `  ${stage}: ${outcome} (${reason}${detail === undefined ? "" : `, ${detail}`})${reading}`;
	});
	const usd = (value: number | null) => (value === null ? "unknown" : `US$ ${value.toFixed(9)}`);
	return [
		choice?.message.content ?? "(no text)",
		"",
		...lines,
		`  cost ${usd(cascade.costUsd)}, saved ${usd(cascade.savedUsd)} against always asking the last stage`,
	].join("\n");
}
