/**
 * A chat bot that streams. People paste a mail, and it says whether that is spam. Of the first mail the small model is
 * sure; of the second it is not, so the large model answers.
 *
 *     node examples/chat-bot/main.ts ["what you say" …]
 */
import { OpenAI } from "openai";
import { answeredBy } from "../answered-by.ts";

const client = new OpenAI({
	baseURL: process.env["BASE_URL"] ?? "http://127.0.0.1:8787/v1",
	apiKey: process.env["API_KEY"] ?? "cascade-local-demo",
});

const EASY = "Subject: Congratulations, you won\n\nClaim your prize of 5,000 dollars now, click here!";
const HARD = "Subject: Hello\n\nI tried your patch with the new kernel. It works here, but the build warns.";

const given = process.argv.slice(2);
const conversation: OpenAI.ChatCompletionMessageParam[] = [
	{ role: "system", content: "You label e-mail. Answer with one word: spam or ham." },
];

for (const text of given.length > 0 ? given : [EASY, HARD]) {
	conversation.push({ role: "user", content: text });
	console.log(`you> ${text}`);
	process.stdout.write("bot> ");

	const stream = await client.chat.completions.create({
		model: process.env["MODEL"] ?? "cascade",
		messages: conversation,
		temperature: 0,
		stream: true,
	});
	let answer = "";
	let last: OpenAI.ChatCompletionChunk | undefined;
	for await (const chunk of stream) {
		const piece = chunk.choices[0]?.delta.content ?? "";
		process.stdout.write(piece);
		answer += piece;
		last = chunk;
	}
	conversation.push({ role: "assistant", content: answer });
	// A stream's last event has the cascade object, since costs are known only then.
	console.log(`\n     ${answeredBy(last)}\n`);
}
