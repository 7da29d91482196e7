// Each line of stdin is a call, made at once: id, tool, arguments. Each of stdout is
// what came of one.
import { createInterface } from 'node:readline';

const say = (id, text) => console.log(`${id}\t${JSON.stringify(text)}`);

export const target = { command: process.argv[2], args: ['serve'], env: process.env };
export const era = process.argv[3];
export const forms = process.env.FORMS !== undefined;

// answer is the person at a form, who agrees.
export async function answer({ message, requestedSchema }) {
  say('form', message);
  return { action: 'accept', content: { answer: requestedSchema.properties.answer.enum[0] } };
}

export async function serve(call, protocol = '') {
  say(0, protocol);
  const running = [];
  for await (const line of createInterface({ input: process.stdin })) {
    const [id, tool, args] = line.split('\t');
    running.push(call(tool, JSON.parse(args)).catch(problem => problem.message).then(text => say(id, text)));
  }
  await Promise.all(running);
}
