/**
 * Content moderation: which of the texts that people posted may be shown. Each text goes through the cascade by itself:
 * a guard model is asked three times, and only where it says the same each time is its verdict taken.
 *
 *     node examples/content-moderation/main.ts ["a text" …]
 */
import { OpenAI } from "openai";
import { answeredBy } from "../answered-by.ts";

const client = new OpenAI({
	baseURL: process.env["BASE_URL"] ?? "http://127.0.0.1:8787/v1",
	apiKey: process.env["API_KEY"] ?? "cascade-local-demo",
});

const POSTED = [
	"Lower your mortgage payments today\n\nNo obligation. Click here to save thousands, guaranteed!",
	"Re: build fails on Linux\n\nRunning make with gcc 3.2 fails in the parser here. The patch below fixes it for me.",
	// Three times in four the guard contradicts itself here, and the large model decides.
	"Hello\n\nI tried your patch with the new kernel. It works here, but the build warns about an unused variable.",
];

const given = process.argv.slice(2);
const texts = given.length > 0 ? given : POSTED;

// Without a model: the policy names the cascade of moderations. The answer has one result for each text.
const { results } = await client.moderations.create({ input: texts });

for (const [index, result] of results.entries()) {
	const categories = Object.entries(result.categories).flatMap(([name, isFlagged]) => (isFlagged ? [name] : []));
	const verdict = result.flagged ? `FLAGGED (${categories.join(", ") || "no category"})` : "passed";
	console.log(`${verdict}: ${texts[index]?.split("\n")[0]}`);
	console.log(`  ${answeredBy(result)}`);
}
