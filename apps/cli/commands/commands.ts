import type { Command } from '../command.js';
import { completionScript, SHELLS, type Shell } from '../completion.js';
import { EXIT } from '../exit-code.js';
import { dataCommands } from './data.js';
import { diagnosisCommands } from './diagnosis.js';
import { modelCommands } from './models.js';
import { pandaCommands } from './panda.js';
import { searchChangeCommands } from './search-changes.js';
import { searchCommands } from './searches.js';
import { serviceCommands } from './service.js';
import { trialCommands } from './trials.js';
import { webhookCommands } from './webhooks.js';

const completion: Command = {
  path: ['completion'],
  summary: 'a script that has the shell complete commands',
  args: [{ name: 'SHELL', help: SHELLS.join(', '), choices: SHELLS }],
  examples: [
    'source <(caviar completion bash)      # in ~/.bashrc',
    'source <(caviar completion zsh)       # in ~/.zshrc',
    'caviar completion fish > ~/.config/fish/completions/caviar.fish',
  ],
  async run({ args, io }) {
    io.stdout.write(completionScript(args['SHELL'] as Shell, COMMANDS));
    return EXIT.ok;
  },
};

/** Every command. Help, completion and the documentation's list are made from this. */
export const COMMANDS: readonly Command[] = [
  ...serviceCommands,
  ...searchCommands,
  ...searchChangeCommands,
  ...trialCommands,
  ...pandaCommands,
  ...modelCommands,
  ...webhookCommands,
  ...diagnosisCommands,
  ...dataCommands,
  completion,
];
