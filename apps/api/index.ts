export { type AppDeps, buildApp } from './app.js';
export { type Config, ConfigError, loadConfig } from './config.js';
export { type Container, createContainer } from './container.js';
