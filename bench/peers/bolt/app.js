// What Bolt for JavaScript needs at least to answer the slash command /devflow. Nothing is written down.
const { App, HTTPReceiver } = require('@slack/bolt');

const receiver = new HTTPReceiver({ signingSecret: process.env.SLACK_SIGNING_SECRET });
const app = new App({
  receiver,
  // No call to Slack: the bench has no workspace.
  authorize: async () => ({ botToken: 'xoxb-bench', botId: 'B0BENCH', botUserId: 'U0BENCH' }),
  logLevel: 'error',
});
app.command('/devflow', async ({ ack }) => ack({ response_type: 'ephemeral', text: 'Help.' }));
app.start(Number(process.env.PORT));
