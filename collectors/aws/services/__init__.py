"""One file a service. `herkomst.collectors.aws.registry` lists them; docs/aws-services.md says how to add one."""
