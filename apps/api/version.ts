/** Version of the service; a test keeps it equal to package.json's, which is not there where a bundle runs. */
export const VERSION = '0.1.0';
