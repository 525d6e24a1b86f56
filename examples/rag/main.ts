/**
 * A RAG answerer, by LangChain: questions about a mailbox. The mails are embedded once; each question is embedded, the
 * mail nearest to it is found, and the model answers from that mail alone whether it is to be trusted.
 *
 *     node examples/rag/main.ts ["a question" …]
 */
import { cosineSimilarity } from "@langchain/core/utils/math";
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { answeredBy } from "../answered-by.ts";

const apiKey = process.env["API_KEY"] ?? "cascade-local-demo";
const configuration = { baseURL: process.env["BASE_URL"] ?? "http://127.0.0.1:8787/v1" };

// There is nothing to cascade in an embedding: one model gives all of them, or they could not be compared.
const model = process.env["EMBEDDING_MODEL"] ?? "hash-embedding";
const embeddings = new OpenAIEmbeddings({ model, apiKey, configuration });
// The raw response has the cascade object, which LangChain itself does not know.
const chat = new ChatOpenAI({ model: "cascade", temperature: 0, apiKey, configuration, __includeRawResponse: true });

const MAILBOX = [
	"Subject: Lower your mortgage payments today\n\nNo obligation. Click here to save thousands, guaranteed!",
	"Subject: Re: build fails on Linux\n\nRunning make with gcc 3.2 fails in the parser. The patch below fixes it for me.",
	"Subject: Hello\n\nI tried your new driver with the sound card. It works here, but the left speaker is silent.",
	"Subject: Lunch\n\nPizza on Friday at one? Tell me whether you come, I book the table. Anna",
];
const QUESTIONS = [
	"Can I trust the mail that offers lower mortgage payments?",
	"Can I trust the mail about the build that fails with gcc?",
	"Can I trust the mail about the driver of the sound card?",
];

const vectors = await embeddings.embedDocuments(MAILBOX);
console.log(`${vectors.length} mails embedded, ${vectors[0]?.length} numbers each`);

const given = process.argv.slice(2);
for (const question of given.length > 0 ? given : QUESTIONS) {
	const [similarities = []] = cosineSimilarity([await embeddings.embedQuery(question)], vectors);
	const nearest = similarities.indexOf(Math.max(...similarities));
	const mail = MAILBOX[nearest] ?? "";

	const answer = await chat.invoke([
		["system", `Someone asks: ${question}\nLabel the mail that was found. Answer with one word: spam or ham.`],
		["user", mail],
	]);

	console.log(question);
	console.log(`  found: ${mail.split("\n")[0]} (similarity ${similarities[nearest]?.toFixed(2)})`);
	console.log(`  ${answer.text === "ham" ? "Yes" : "No"}, it is ${answer.text}.`);
	console.log(`  ${answeredBy(answer.additional_kwargs["__raw_response"])}`);
}
