// What both SDK generations do with the program; run by the Go tests, which read
// the report from stdout.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';

export const target = { command: process.argv[2], args: ['serve', '--sandbox'], env: { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: process.env.TMPDIR, KAKAO_LANG: 'en' }, stderr: 'inherit' };

// answer plays the person: follows login pages in the browser program, and says
// yes to forms.
export function answer(asked) {
  return async request => {
    const { mode, url, requestedSchema } = request.params;
    asked.push(mode ?? 'form');
    if (mode !== 'url') return { action: 'accept', content: { answer: requestedSchema.properties.answer.enum[0] } };
    await new Promise((done, fail) => execFile(process.env.BROWSER, [url], error => (error ? fail(error) : done())));
    return { action: 'accept' };
  };
}

export async function flow(client, asked) {
  const { tools } = await client.listTools();
  assert.deepEqual(tools.map(tool => tool.name), ['search_kakao_friends', 'send_message', 'send_message_to_me']);
  const call = async (name, args) => {
    const result = await client.callTool({ name, arguments: args });
    assert.ok(!result.isError, JSON.stringify(result.content));
    return result.structuredContent;
  };
  assert.equal((await call('send_message_to_me', { message: 'hello' })).status, 'sent');
  assert.equal((await call('send_message_to_me', { message: 'hello' })).status, 'already_sent');
  const { friends } = await call('search_kakao_friends', { query: '홍길동' });
  assert.equal(friends.length, 1);
  assert.equal((await call('send_message', { uuid: friends[0].uuid, message: 'hi' })).status, 'sent');
  assert.deepEqual(asked, ['url', 'url', 'form']);
  const refused = await client.callTool({ name: 'send_message_to_me', arguments: { message: ' ' } });
  assert.equal(refused.isError, true);
  assert.equal(refused.structuredContent.status, 'not_sent');

  const { prompts } = await client.listPrompts();
  assert.ok(prompts.length > 0);
  for (const prompt of prompts) {
    const args = Object.fromEntries((prompt.arguments ?? []).map(argument => [argument.name, 'x']));
    assert.ok((await client.getPrompt({ name: prompt.name, arguments: args })).messages.length > 0, prompt.name);
  }
  const { resources } = await client.listResources();
  for (const { uri } of resources) {
    assert.ok((await client.readResource({ uri })).contents[0].text.length > 0, uri);
  }
  const { resourceTemplates } = await client.listResourceTemplates();
  assert.ok(resourceTemplates.length > 0);
  const { completion } = await client.complete({ ref: { type: 'ref/resource', uri: resourceTemplates[0].uriTemplate }, argument: { name: 'uuid', value: '' } });
  assert.ok(completion.values.length > 0);

  const start = Date.now();
  await client.close();
  console.log(JSON.stringify({ closedAfter: Date.now() - start }));
}
