/**
 * JSON extraction: mails in, objects out. The schema is written once, in Zod: the request carries it as JSON schema, the
 * Worker checks the small model's answer against it before it may be accepted, and the client parses what arrives.
 *
 *     node examples/json-extraction/main.ts ["a mail" …]
 */
import { OpenAI } from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import { z } from "zod";
import { answeredBy } from "../answered-by.ts";

const client = new OpenAI({
	baseURL: process.env["BASE_URL"] ?? "http://127.0.0.1:8787/v1",
	apiKey: process.env["API_KEY"] ?? "cascade-local-demo",
});

/** The local models can fill in this field and no other; with models of your own, add what you need. */
const EXTRACTED = z.strictObject({ label: z.enum(["spam", "ham"]) });

const MAILS = [
	"Subject: Re: build fails on Linux\n\nRunning make with gcc 3.2 fails in the parser. The patch below fixes it for me.",
	"Subject: Invitation\n\nEarn thousands of dollars each week from home! No risk, no obligation, click here now.",
];

const given = process.argv.slice(2);
for (const mail of given.length > 0 ? given : MAILS) {
	const answer = await client.chat.completions.parse({
		model: "cascade",
		messages: [
			{ role: "system", content: "Extract the label of the mail as JSON: spam or ham." },
			{ role: "user", content: mail },
		],
		response_format: zodResponseFormat(EXTRACTED, "mail"),
		temperature: 0,
	});
	// `parse` has thrown where the answer does not fit the schema; nothing is parsed where the model declined to answer.
	const extracted = answer.choices[0]?.message.parsed;
	if (extracted == null) throw new Error("The model gave no object.");
	console.log(mail.split("\n")[0]);
	console.log(`  ${JSON.stringify(extracted)}`);
	console.log(`  ${answeredBy(answer)}`);
}
