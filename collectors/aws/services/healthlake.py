"""AWS HealthLake: stores of health records (FHIR), and the buckets that records were exported to. No record is read.

API reference: https://docs.aws.amazon.com/healthlake/latest/APIReference/. The host of a store is that of all in its Region.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Link, Pages, Read, Service, Skip, Within
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

_FURTHER = Pages("NextToken", "NextToken")

SERVICE = Service(
    "healthlake",
    (
        Read(
            "ListFHIRDatastores",
            items="DatastorePropertiesList[]",
            type="datastore",
            role=Role.DATABASE,
            id="DatastoreArn",
            key="SseConfiguration.KmsEncryptionConfig.KmsKeyId",
            named=(("key_type", "SseConfiguration.KmsEncryptionConfig.CmkType"),),
            skip=(Skip("DatastoreStatus", frozenset({"DELETED"})),),
            pages=_FURTHER,
        ),
        Read(
            "ListFHIRExportJobs",
            items="ExportJobPropertiesList[]",
            type="export-job",
            role=None,
            id="JobId",
            key="OutputDataConfig.S3Configuration.KmsKeyId",
            links=(
                Link(AwsRelation.SOURCE, "DatastoreId"),
                Link(AwsRelation.DESTINATION, "OutputDataConfig.S3Configuration.S3Uri", is_address=True),
            ),
            pages=_FURTHER,
            shows=(Role.STORAGE,),
            within=Within("ListFHIRDatastores", (("DatastoreId", "DatastoreId"),)),
        ),
    ),
)
