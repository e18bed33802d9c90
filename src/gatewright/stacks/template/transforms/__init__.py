"""The transforms that gatewright has: AWS::Include, AWS::LanguageExtensions and AWS::Serverless-2016-10-31."""
