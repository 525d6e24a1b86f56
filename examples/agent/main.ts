/**
 * An agent with a tool, by the Vercel AI SDK: it reads an inbox and files every mail. The SDK calls the model, runs the
 * tool that the model called, and calls the model again with the result, until the model answers in text. Each of these
 * calls goes through the cascade by itself, so one step may be the small model's and the next the large one's.
 *
 *     node examples/agent/main.ts ["a mail" …]
 */
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, isStepCount, tool, type ProviderMetadata } from "ai";
import { z } from "zod";
import { answeredBy } from "../answered-by.ts";

const provider = createOpenAICompatible({
	name: "cascade",
	baseURL: process.env["BASE_URL"] ?? "http://127.0.0.1:8787/v1",
	apiKey: process.env["API_KEY"] ?? "cascade-local-demo",
	// The SDK hands on only what it knows of an answer, unless it is told what else to take.
	metadataExtractor: {
		extractMetadata: async ({ parsedBody }) => ({ cascade: parsedBody }) as ProviderMetadata,
		createStreamExtractor: () => ({ processChunk: () => {}, buildMetadata: () => undefined }),
	},
});

const INBOX = [
	"Subject: Congratulations, you won\n\nClaim your prize of 5,000 dollars now, click here!",
	"Subject: Re: build fails on Linux\n\nRunning make with gcc 3.2 fails in the parser. The patch below fixes it for me.",
	"Subject: Hello\n\nI tried your patch with the new kernel. It works here, but the build warns.",
];
const folders = { spam: [] as string[], ham: [] as string[] };

const given = process.argv.slice(2);
for (const mail of given.length > 0 ? given : INBOX) {
	const subject = mail.split("\n")[0] ?? "";
	console.log(subject);

	const { steps } = await generateText({
		model: provider("cascade"),
		instructions: "You sort mail. File the mail as spam or ham, then say how you filed it.",
		prompt: mail,
		tools: {
			file_mail: tool({
				description: "Moves the mail into the folder of its label.",
				inputSchema: z.strictObject({ label: z.enum(["spam", "ham"]) }),
				execute: ({ label }) => `Filed. The folder now has ${folders[label].push(subject)}.`,
			}),
		},
		temperature: 0,
		// An agent that never comes to an end is stopped.
		stopWhen: isStepCount(5),
	});

	for (const { text, toolResults, providerMetadata } of steps) {
		for (const { toolName, input, output } of toolResults)
			console.log(`  called ${toolName}(${JSON.stringify(input)}): ${output}`);
		if (text !== "") console.log(`  said: ${text}`);
		console.log(`    ${answeredBy(providerMetadata?.["cascade"])}`);
	}
}
console.log(`Filed: ${folders.spam.length} spam, ${folders.ham.length} ham`);
