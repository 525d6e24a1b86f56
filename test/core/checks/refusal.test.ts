import { describe, expect, it } from "vitest";
import { readsAsRefusal } from "../../../src/core/checks/refusal.ts";

describe("a refusal", () => {
	it.each([
		"I'm sorry, but I can't help with that.",
		"I’m sorry, but I can’t assist with that request.",
		"Sorry, I can't do that.",
		"I'm sorry, I can't.",
		"I am sorry I cannot help you with this",
		"I cannot provide medical advice.",
		"I can't comply with that.",
		"I'm unable to assist with this request.",
		"I am not able to generate that kind of content.",
		"I won't write that.",
		"I must decline.",
		"I have to respectfully decline this request.",
		"As an AI language model, I cannot browse the internet.",
		"As an AI, I don't have personal opinions.",
		"As an AI assistant I'm not able to help with that.",
		"Unfortunately, I can't share that information.",
		"I apologize, but I'm not able to provide instructions for that.",
		"My apologies, however I am unable to help.",
		"Thank you for asking. However, I cannot help with that.",
		"I understand that this is urgent, but I can't provide legal advice.",
		"I'm really sorry you're going through this, but I can't help with that.",
		"I don't feel comfortable writing this.",
		"I do not have access to real-time data.",
		"**I'm sorry**, but I can't help with that.",
		"  \n> I can't help with that.",
		"I CANNOT HELP WITH THAT",
		"I’m sorry, but that’s not something I can do.",
		"This request goes against my guidelines.",
	])("in English: %s", (text) => {
		expect(readsAsRefusal(text)).toBe(true);
	});

	it.each([
		"Es tut mir leid, aber ich kann dabei nicht helfen.",
		"Tut mir leid, das kann ich nicht.",
		"Leider kann ich diese Anfrage nicht beantworten.",
		"Ich kann Ihnen dabei leider nicht weiterhelfen.",
		"Ich darf dazu keine Auskunft geben.",
		"Als KI-Sprachmodell kann ich keine medizinischen Ratschläge geben.",
		"Ich bin nicht in der Lage, diese Anfrage zu erfüllen.",
	])("in German: %s", (text) => {
		expect(readsAsRefusal(text)).toBe(true);
	});

	it.each([
		"Je suis désolé, mais je ne peux pas vous aider.",
		"Désolée, je ne peux pas répondre à cette question.",
		"Je ne suis pas en mesure de répondre.",
		"En tant qu’IA, je ne peux pas fournir de conseils médicaux.",
		"Malheureusement, il m'est impossible de le faire.",
	])("in French: %s", (text) => {
		expect(readsAsRefusal(text)).toBe(true);
	});

	it.each([
		"Lo siento, pero no puedo ayudarte con eso.",
		"Lo siento, no puedo.",
		"No puedo proporcionar esa información.",
		"Como modelo de lenguaje, no puedo dar consejos médicos.",
		"Lamentablemente, no estoy en condiciones de responder.",
	])("in Spanish: %s", (text) => {
		expect(readsAsRefusal(text)).toBe(true);
	});

	it.each([
		"Mi dispiace, ma non posso aiutarti.",
		"Mi dispiace, non posso.",
		"Non posso fornire queste informazioni.",
		"Come modello linguistico, non sono in grado di rispondere.",
		"Purtroppo non posso rispondere a questa domanda.",
	])("in Italian: %s", (text) => {
		expect(readsAsRefusal(text)).toBe(true);
	});

	it.each([
		"Desculpe, mas não posso ajudar com isso.",
		"Sinto muito, mas não consigo ajudar.",
		"Não posso fornecer essas informações.",
		"Como modelo de linguagem, não posso dar conselhos médicos.",
		"Infelizmente, não sou capaz de responder.",
	])("in Portuguese: %s", (text) => {
		expect(readsAsRefusal(text)).toBe(true);
	});
});

describe("no refusal", () => {
	it.each([
		"The error says: I cannot open the file.",
		"The error says “I can't help with that”, which means that the server is busy.",
		'"I can\'t help you," she said.',
		"“I’m sorry, I can’t do that,” said HAL.",
		"He sighed. I cannot help you, he said.",
		"I can't see any bug in this code.",
		"I cannot recommend this book highly enough.",
		"I can help with that.",
		"Sorry for the late reply. The meeting is on Friday.",
		"I'm sorry to hear that. Here is what you can do:",
		"Unfortunately, the train leaves at 9.",
		"Thank you for your order. It ships tomorrow.",
		"I understand. The answer is 4.",
		"As an AI engineer, you write models.",
		"You can't help but notice the colours.",
		"4",
		"",
		"Ich kann Ihnen helfen.",
		"Leider ist der Zug verspätet.",
		"Je peux vous aider.",
		"Je suis désolé pour le retard. Le rendez-vous est lundi.",
		"Puedo ayudarte con eso.",
		"Mi dispiace per il ritardo. La riunione è lunedì.",
		"Posso ajudar com isso.",
	])("is: %s", (text) => {
		expect(readsAsRefusal(text)).toBe(false);
	});

	it("is what comes later than a refusal would", () => {
		const late = (before: number) => `Sorry ${"for all of it ".repeat(before)}. I can't help with that.`;
		expect(readsAsRefusal(late(5))).toBe(true);
		expect(readsAsRefusal(late(20))).toBe(false);
	});

	it("is found to be none in a long text as fast as in a short one", () => {
		for (const part of ["sorry ", "i can ", "ich kann nicht ", ", ", "’", "*"])
			expect(readsAsRefusal(`x${part.repeat(1_000_000)}`)).toBe(false);
	});
});
